import FoundationEssentials
import ModelFormats

/// Where the parts of a figure go: pictures of one size in a row, the colour bar at their right, the caption below.
struct SVGLayout {
  /// In pixels.
  private let picture: ImageSize
  private let count: Int
  /// At the bar's bottom, middle and top.
  private let labels: [String]
  /// How large a pixel is: small pictures are enlarged, without smoothing.
  private let factor: Int
  private let gap: Int
  /// The size of letters.
  private let em: Double
  private let caption: [[String]]

  /// The least length of a picture's longer side.
  private static let leastSide = 256
  /// A line of the caption is cut at so many characters.
  private static let longestLine = 1000
  /// A line's height, in letters' sizes.
  private static let leading = 1.35

  init(picture: ImageSize, count: Int, labels: [String], caption: [String]) {
    (self.picture, self.count, self.labels) = (picture, count, labels)
    let longer = max(picture.width, picture.height)
    factor = (Self.leastSide + longer - 1) / longer
    gap = max(picture.height * factor / 32, 8)
    let row = count * picture.width * factor + (count - 1) * gap
    // Letters grow with a long row of pictures, but not beside low ones.
    em = max(12, min(Double(row) / 48, Double(picture.height * factor) / 8))
    let room = max(Double(row) / em + 4, 24)
    self.caption = caption.map { line in
      let isCut = line.count > Self.longestLine
      return SVGText.wrapped(isCut ? line.prefix(Self.longestLine) + "…" : line, room: room)
    }
  }

  private var tileWidth: Int { picture.width * factor }
  private var tileHeight: Int { picture.height * factor }
  private var rowHeight: Double { max(Double(tileHeight), 5 * em) }
  private var barStart: Double { Double(count * (tileWidth + gap) + gap) }
  private var barEnd: Double { barStart + em * (1.5 + (labels.map(SVGText.width).max() ?? 0)) }
  private var captionStart: Double { Double(2 * gap) + rowHeight }

  private var width: Double {
    let text = caption.joined().map(SVGText.width).max() ?? 0
    return max(barEnd, Double(gap) + text * em) + Double(gap)
  }
  private var height: Double {
    captionStart + Double(caption.joined().count) * Self.leading * em + Double(gap)
  }

  /// The whole drawing.
  ///
  /// - Parameters:
  ///   - tiles: the pictures, each in its own pixels.
  ///   - colors: the bar's colours, from top to bottom, as a `data:` URL.
  func document(_ tiles: [String], colors: String, texts: KeyValuePairs<String, String>) -> String {
    let size = "width=\"\(SVGText.number(width))\" height=\"\(SVGText.number(height))\""
    var text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" \(size) \
      viewBox="0 0 \(SVGText.number(width)) \(SVGText.number(height))">
      \(SVGMark.element)\n
      """
    for (key, value) in texts {
      text += "<entry xmlns=\"urn:gradcam\" key=\"\(XMLText.escaped(key))\">\(XMLText.escaped(value))</entry>\n"
    }
    text += "</metadata>\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    for (index, tile) in tiles.enumerated() {
      let top = Double(gap) + (rowHeight - Double(tileHeight)) / 2
      let place = "translate(\(gap + index * (tileWidth + gap)) \(SVGText.number(top))) scale(\(factor))"
      let rendering = factor > 1 ? " style=\"image-rendering:pixelated\" image-rendering=\"optimizeSpeed\"" : ""
      text += "<g transform=\"\(place)\"\(rendering)>\n\(tile)</g>\n"
    }
    return text + bar(colors) + captionText + "</svg>\n"
  }

  private func bar(_ colors: String) -> String {
    let place = "x=\"\(SVGText.number(barStart))\" y=\"\(gap)\" width=\"\(SVGText.number(em))\""
    var text = "<image id=\"colorbar\" \(place) height=\"\(SVGText.number(rowHeight))\" preserveAspectRatio=\"none\" "
    text += "xlink:href=\"\(colors)\"/>\n"
    let left = SVGText.number(barStart + 1.3 * em)
    for (index, label) in labels.enumerated() {
      // The letters' middle at the value's height; at the ends they stay beside the bar.
      let middle = Double(gap) + (1 - Double(index) / 2) * (rowHeight - em) + 0.85 * em
      text += "<text x=\"\(left)\" y=\"\(SVGText.number(middle))\" \(font)>\(XMLText.escaped(label))</text>\n"
    }
    return text
  }

  private var captionText: String {
    var y = captionStart + em
    var text = ""
    for lines in caption {
      text += "<text \(font)>"
      for line in lines {
        text += "<tspan x=\"\(gap)\" y=\"\(SVGText.number(y))\">\(XMLText.escaped(line))</tspan>"
        y += Self.leading * em
      }
      text += "</text>\n"
    }
    return text
  }

  private var font: String { "font-family=\"sans-serif\" font-size=\"\(SVGText.number(em))\" fill=\"#202020\"" }

  /// A picture as PNG inside a URL.
  static func dataURL(_ picture: Image) throws(InputError) -> String {
    "data:image/png;base64,\(Data(try PNGEncoder.encode(picture)).base64EncodedString())"
  }
}
