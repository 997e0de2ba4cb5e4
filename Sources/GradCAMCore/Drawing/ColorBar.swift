import Glibc

/// A scale from 0 to the style's full scale: the colours from bottom to top, with ticks and labels at their right, at both ends and
/// in the middle; from minus the full scale for maps with a sign. Where 1 stands for a value that was fixed for all maps, the labels are
/// in its units.
struct ColorBar {
  /// The height of the bar's picture; three labels need `minimumHeight`.
  let height: Int
  private let style: OverlayStyle
  private let scale: Int

  static let minimumHeight = 3 * (PixelFont.height + 2)
  /// The labels of maps that are scaled by themselves: a bar is at least as wide as they need.
  private static let usualLabels = ["-1", "0.5"]
  private static let ink: [UInt8] = [32, 32, 32]
  private static let paper: [UInt8] = [255, 255, 255]

  init(_ style: OverlayStyle, height: Int) {
    self.style = style
    self.height = max(height, Self.minimumHeight)
    scale = max(height / 128, 1)
  }

  private var barWidth: Int { 8 * scale }
  private var tickWidth: Int { 3 * scale }
  private var labelStart: Int { barWidth + tickWidth + 2 * scale }

  /// The width of the bar with its ticks and labels.
  var width: Int {
    let texts = Self.usualLabels + Self.labels(style)
    return labelStart + (texts.map { PixelFont.width(of: $0, scale: scale) }.max() ?? 0)
  }

  /// The values at the bottom, in the middle and at the top: two digits of a map's own scale, four of one that was fixed.
  static func labels(_ style: OverlayStyle) -> [String] {
    let full = style.fullScale * (style.fixedScale ?? 1)
    let digits: Int32 = style.fixedScale == nil ? 2 : 4
    return (style.isSigned ? [-full, 0, full] : [0, full / 2, full]).map { value in
      var bytes = [CChar](repeating: 0, count: 32)
      _ = withVaList([digits, Double(value)]) { vsnprintf(&bytes, bytes.count, "%.*g", $0) }
      return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }

  /// The colours alone, a pixel wide. The labels stand for the map's values, so the colours follow the style's gamma.
  static func colors(_ style: OverlayStyle, height: Int) -> Image {
    Image(width: 1, height: height, channels: 3) { target in
      for row in 0..<height {
        let value = 1 - (Float(row) + 0.5) / Float(height)
        let color = style.colorMap.color(at: style.position(of: style.isSigned ? value * 2 - 1 : value))
        (target[row * 3], target[row * 3 + 1], target[row * 3 + 2]) = (color.red, color.green, color.blue)
      }
    }
  }

  /// Draws the bar.
  func drawn() -> Image {
    var picture = Image(width: width, height: height, filledWith: Self.paper)
    let colors = Self.colors(style, height: height).samples
    for row in 0..<height {
      picture.fill(x: 0, y: row, width: barWidth, height: 1, with: Array(colors[row * 3..<row * 3 + 3]))
    }
    for (index, text) in Self.labels(style).enumerated() {
      let middle = Int((1 - Double(index) / 2) * Double(height))
      // At the ends, ticks and labels move inwards as far as they need to be whole.
      let tick = min(max(middle - scale / 2, 0), height - scale)
      picture.fill(x: barWidth, y: tick, width: tickWidth, height: scale, with: Self.ink)
      let top = min(max(middle - PixelFont.height * scale / 2, 0), height - PixelFont.height * scale)
      PixelFont.draw(text, on: &picture, x: labelStart, y: top, scale: scale, color: Self.ink)
    }
    return picture
  }
}
