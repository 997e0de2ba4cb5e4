internal import Glibc
public import ModelFormats

/// What an overlay is drawn on.
public enum Canvas: String, Sendable, CaseIterable {
  /// The crop that the model saw.
  case input
  /// The whole image at its own size.
  case original
}

/// How a map is coloured and mixed with its image: out = (1−α)·image + α·colour(|map|^γ).
public struct OverlayStyle: Sendable, Hashable {
  public let colorMap: ColorMap
  /// The colour's share, 0…1.
  public let alpha: Double
  /// The exponent on the map's magnitude.
  public let gamma: Float
  /// How the map is enlarged.
  public let interpolation: Interpolation
  /// Whether values run from −1 to 1, with 0 in the middle of the colours.
  public var isSigned = false
  /// How colours and picture are mixed.
  public var blending = Blending.mixed
  /// What is drawn around regions of large values.
  public var marks: RegionMarks?

  /// The reference recipe's: jet, 0.4, 2, bicubic.
  public static let reference = OverlayStyle(.jet, 0.4, 2, .bicubic)

  /// - Throws: `InputError` about `alpha` outside 0…1, or `gamma` that is no positive number.
  public init(
    colorMap: ColorMap = .jet, alpha: Double = 0.4, gamma: Double = 2, interpolation: Interpolation = .bicubic
  ) throws(InputError) {
    guard (0...1).contains(alpha) else {
      throw InputError(.alpha, "\(alpha) is no share", remedy: "a number from 0 to 1")
    }
    guard Float(gamma) > 0, Float(gamma).isFinite else {
      throw InputError(.gamma, "\(gamma) is no exponent", remedy: "a number over 0")
    }
    self.init(colorMap, alpha, Float(gamma), interpolation)
  }

  init(_ colorMap: ColorMap, _ alpha: Double, _ gamma: Float, _ interpolation: Interpolation) {
    (self.colorMap, self.alpha, self.gamma, self.interpolation) = (colorMap, alpha, gamma, interpolation)
  }

  /// Where a value lies on the colour map, 0…1 (beyond it where a map overshoots).
  func position(of value: Float) -> Float {
    let place = isSigned ? 0.5 + (value < 0 ? -0.5 : 0.5) * magnitude(of: value) : magnitude(of: value)
    // pytorch-grad-cam cuts 255·v to an index.
    return blending == .brightened ? (floorf(255 * place) + 0.5) / 256 : place
  }

  private func magnitude(of value: Float) -> Float {
    if gamma == 2 { return value * value }
    return gamma == 1 ? abs(value) : powf(abs(value), gamma)
  }

  /// The map in colour, each of its values a pixel.
  func colored(_ heatmap: Heatmap) -> Image {
    Image(width: heatmap.width, height: heatmap.height, channels: 3) { target in
      for (index, value) in heatmap.values.enumerated() {
        let color = colorMap.color(at: position(of: value))
        target[index * 3] = color.red
        target[index * 3 + 1] = color.green
        target[index * 3 + 2] = color.blue
      }
    }
  }
}

/// Draws maps over images. The results are RGB; values that are no finite numbers are drawn as 0.
public enum Overlay {
  /// The map over a whole picture, such as the crop that the model saw.
  public static func draw(_ heatmap: Heatmap, over image: Image, style: OverlayStyle = .reference) -> Image {
    draw(heatmap, over: image, at: .whole(of: image), style: style)
  }

  /// The map over the part of a picture that the model saw; the rest of the picture is not touched.
  ///
  /// - Parameter geometry: where in the picture the crop lies, its edges rounded to whole pixels.
  public static func draw(
    _ heatmap: Heatmap, over image: Image, at geometry: CropGeometry, style: OverlayStyle = .reference
  ) -> Image {
    var result = style.blending.ground(image)
    guard let enlarged = place(heatmap, on: image, at: geometry, style.interpolation) else { return result }
    let color = style.colored(enlarged.map)
    if style.blending == .brightened {
      result.brighten(with: color, x: enlarged.x, y: enlarged.y, alpha: style.alpha)
    } else {
      blend(color, into: &result, x: enlarged.x, y: enlarged.y, alpha: style.alpha)
    }
    if let marks = style.marks {
      result.draw(marks, around: enlarged.map.regions(above: marks.threshold), of: enlarged.map, enlarged.x, enlarged.y)
    }
    return result
  }

  /// The regions of the enlarged map above the style's threshold, in pixels of the picture; none without a threshold.
  public static func regions(
    _ heatmap: Heatmap, over image: Image, at geometry: CropGeometry, style: OverlayStyle
  ) -> [MapRegion] {
    guard let marks = style.marks, let enlarged = place(heatmap, on: image, at: geometry, style.interpolation) else {
      return []
    }
    return enlarged.map.regions(above: marks.threshold).map { $0.moved(x: enlarged.x, y: enlarged.y) }
  }

  /// The part of the enlarged map that lies on the picture, and where its corner is; nil where none does.
  static func place(
    _ heatmap: Heatmap, on image: Image, at geometry: CropGeometry, _ interpolation: Interpolation
  ) -> (map: Heatmap, x: Int, y: Int)? {
    func axis(_ start: Double, _ length: Double, limit: Int) -> (start: Int, length: Int, visible: Range<Int>) {
      let first = Int(start.rounded())
      let end = max(Int((start + length).rounded()), first + 1)
      let from = min(max(first, 0), limit)
      return (first, end - first, from..<max(min(end, limit), from))
    }
    let columns = axis(geometry.x, geometry.width, limit: image.width)
    let rows = axis(geometry.y, geometry.height, limit: image.height)
    guard !columns.visible.isEmpty, !rows.visible.isEmpty else { return nil }
    func shifted(_ range: Range<Int>, by start: Int) -> Range<Int> {
      range.lowerBound - start..<range.upperBound - start
    }
    let map = heatmap.drawable.resized(
      width: columns.length, height: rows.length, columns: shifted(columns.visible, by: columns.start),
      rows: shifted(rows.visible, by: rows.start), interpolation)
    return (map, columns.visible.lowerBound, rows.visible.lowerBound)
  }

  /// Mixes `color` into a part of `image`, each level rounded half to even.
  private static func blend(_ color: Image, into image: inout Image, x: Int, y: Int, alpha: Double) {
    let levels = (0..<256).map { (image: (1 - alpha) * Double($0), color: alpha * Double($0)) }
    // Numbers from 2^52 to 2^53 are whole, so that adding such a one rounds to the nearest, half to even, and leaves
    // the result in the lowest bits.
    let rounding = 0x1.8p52
    let length = color.width * 3
    let width = image.width
    image.samples.withUnsafeMutableBufferPointer { target in
      color.samples.withUnsafeBufferPointer { color in
        levels.withUnsafeBufferPointer { levels in
          for row in 0..<color.count / length {
            let start = ((y + row) * width + x) * 3
            for index in 0..<length {
              let sum = levels[Int(target[start + index])].image + levels[Int(color[row * length + index])].color
              target[start + index] = UInt8(truncatingIfNeeded: (sum + rounding).bitPattern)
            }
          }
        }
      }
    }
  }
}
