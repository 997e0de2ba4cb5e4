/// A scale from 0 to 1: the colours from bottom to top, with ticks and the labels 0, 0.5 and 1 at their right; from −1 to 1 for maps
/// with a sign.
struct ColorBar {
  /// The height of the bar's picture; three labels need `minimumHeight`.
  let height: Int
  private let scale: Int

  static let minimumHeight = 3 * (DigitFont.height + 2)
  private static let labels = [["0", "0.5", "1"], ["-1", "0", "1"]]
  private static let ink: [UInt8] = [32, 32, 32]
  private static let paper: [UInt8] = [255, 255, 255]

  init(height: Int) {
    self.height = max(height, Self.minimumHeight)
    scale = max(height / 128, 1)
  }

  private var barWidth: Int { 8 * scale }
  private var tickWidth: Int { 3 * scale }
  private var labelStart: Int { barWidth + tickWidth + 2 * scale }

  /// The width of the bar with its ticks and labels.
  var width: Int { labelStart + (Self.labels.joined().map { DigitFont.width(of: $0, scale: scale) }.max() ?? 0) }

  /// Draws the bar; the labels stand for the map's values, so the colours follow the style's gamma.
  func drawn(_ style: OverlayStyle) -> Image {
    var picture = Image(width: width, height: height, filledWith: Self.paper)
    for row in 0..<height {
      let value = 1 - (Float(row) + 0.5) / Float(height)
      let color = style.colorMap.color(at: style.position(of: style.isSigned ? value * 2 - 1 : value))
      picture.fill(x: 0, y: row, width: barWidth, height: 1, with: [color.red, color.green, color.blue])
    }
    for (index, text) in Self.labels[style.isSigned ? 1 : 0].enumerated() {
      let middle = Int((1 - Double(index) / 2) * Double(height))
      // At the ends, ticks and labels move inwards as far as they need to be whole.
      let tick = min(max(middle - scale / 2, 0), height - scale)
      picture.fill(x: barWidth, y: tick, width: tickWidth, height: scale, with: Self.ink)
      let top = min(max(middle - DigitFont.height * scale / 2, 0), height - DigitFont.height * scale)
      DigitFont.draw(text, on: &picture, x: labelStart, y: top, scale: scale, color: Self.ink)
    }
    return picture
  }
}

extension Image {
  /// Fills a rectangle; what lies outside the picture is left out.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, with color: [UInt8]) {
    let columns = max(x, 0)..<max(min(x + width, self.width), max(x, 0))
    for row in max(y, 0)..<max(min(y + height, self.height), max(y, 0)) {
      for column in columns {
        let start = (row * self.width + column) * channels
        for channel in 0..<channels { samples[start + channel] = color[channel] }
      }
    }
  }

  /// Pictures side by side on white, centred in height, with margins around and between them.
  static func row(of pictures: [Image], gap: Int) -> Image {
    let width = pictures.map(\.width).reduce(gap) { $0 + $1 + gap }
    let height = (pictures.map(\.height).max() ?? 0) + 2 * gap
    var result = Image(width: width, height: height, filledWith: [255, 255, 255])
    var x = gap
    for picture in pictures {
      result.place(picture.convertedToRGB(), x: x, y: (height - picture.height) / 2)
      x += picture.width + gap
    }
    return result
  }

  /// Every pixel a square of `factor` × `factor`.
  func enlarged(by factor: Int) -> Image {
    if factor <= 1 { return self }
    return resized(width: width * factor, height: height * factor, interpolation: .nearest)
  }
}
