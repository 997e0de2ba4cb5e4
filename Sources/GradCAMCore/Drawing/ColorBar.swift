import Glibc

/// A scale from 0 to 1: the colours from bottom to top, with ticks and the labels 0, 0.5 and 1 at their right; from −1 to 1 for maps
/// with a sign. Where 1 stands for a value that was fixed for all maps, the labels are the values.
struct ColorBar {
  /// The height of the bar's picture; three labels need `minimumHeight`.
  let height: Int
  private let scale: Int
  private let style: OverlayStyle
  private let labels: [String]

  static let minimumHeight = 3 * (PixelFont.height + 2)
  /// The labels of maps that are scaled by themselves: a bar is at least as wide as they need.
  private static let usualLabels = ["-1", "0.5"]
  private static let ink: [UInt8] = [32, 32, 32]
  private static let paper: [UInt8] = [255, 255, 255]

  init(_ style: OverlayStyle, height: Int) {
    self.style = style
    labels = [style.isSigned ? -1 : 0, style.isSigned ? 0 : 0.5, 1].map { Self.label($0 * (style.fixedScale ?? 1)) }
    self.height = max(height, Self.minimumHeight)
    scale = max(height / 128, 1)
  }

  private var barWidth: Int { 8 * scale }
  private var tickWidth: Int { 3 * scale }
  private var labelStart: Int { barWidth + tickWidth + 2 * scale }

  /// The width of the bar with its ticks and labels.
  var width: Int { labelStart + ((Self.usualLabels + labels).map { PixelFont.width(of: $0, scale: scale) }.max() ?? 0) }

  /// Draws the bar; the labels stand for the map's values, so the colours follow the style's gamma.
  func drawn() -> Image {
    var picture = Image(width: width, height: height, filledWith: Self.paper)
    for row in 0..<height {
      let value = 1 - (Float(row) + 0.5) / Float(height)
      let color = style.colorMap.color(at: style.position(of: style.isSigned ? value * 2 - 1 : value))
      picture.fill(x: 0, y: row, width: barWidth, height: 1, with: [color.red, color.green, color.blue])
    }
    for (index, text) in labels.enumerated() {
      let middle = Int((1 - Double(index) / 2) * Double(height))
      // At the ends, ticks and labels move inwards as far as they need to be whole.
      let tick = min(max(middle - scale / 2, 0), height - scale)
      picture.fill(x: barWidth, y: tick, width: tickWidth, height: scale, with: Self.ink)
      let top = min(max(middle - PixelFont.height * scale / 2, 0), height - PixelFont.height * scale)
      PixelFont.draw(text, on: &picture, x: labelStart, y: top, scale: scale, color: Self.ink)
    }
    return picture
  }

  /// A number of four digits at most: `0.5`, `12.35`, `1e-07`.
  private static func label(_ value: Float) -> String {
    var bytes = [CChar](repeating: 0, count: 32)
    _ = withVaList([Double(value)]) { vsnprintf(&bytes, bytes.count, "%.4g", $0) }
    return String(decoding: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
