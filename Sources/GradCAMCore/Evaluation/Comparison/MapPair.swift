/// Two maps of one picture, on the same cells of what both networks saw.
///
/// Where both saw the same rectangle at the same size these are the cells of their inputs, and the maps are those of
/// `MetricSubject.relevance`. Otherwise they are as fine as the finer of the two inputs, on the part that both rectangles share.
public struct MapPair: Sendable {
  /// The part of the picture that both networks saw.
  public let part: CropGeometry
  /// Both maps there, enlarged bilinearly; they keep their signs and units.
  public let old, new: Heatmap
  /// Whether both hold finite numbers only: no others can be compared.
  public let isFinite: Bool

  /// nil where the networks saw no common part of the picture.
  public init?(_ old: PlacedMap, _ new: PlacedMap) {
    guard let part = old.seen.shared(with: new.seen) else { return nil }
    func cells(_ length: Double, _ sides: [(seen: Double, cells: Int)]) -> Int {
      max(sides.map { Int((length / $0.seen * Double($0.cells)).snapped.rounded()) }.max() ?? 1, 1)
    }
    let sides = [old, new]
    let width = cells(part.width, sides.map { ($0.seen.width, $0.inputWidth) })
    let height = cells(part.height, sides.map { ($0.seen.height, $0.inputHeight) })
    self.part = part
    (self.old, self.new) = (old.cells(of: part, width, height), new.cells(of: part, width, height))
    isFinite = old.isFinite && new.isFinite
  }

  /// What speaks for the class in both, from 0 to 1: see `MetricSubject.mask`.
  public var masks: (old: Heatmap, new: Heatmap) { (Self.mask(old), Self.mask(new)) }

  private static func mask(_ map: Heatmap) -> Heatmap { Normalization.max.scale(map.positivePart()) }
}

extension PlacedMap {
  /// The map on so many cells of a part of the picture.
  fileprivate func cells(of part: CropGeometry, _ width: Int, _ height: Int) -> Heatmap {
    func span(_ start: Double, _ length: Double, _ first: Double, _ whole: Double, _ cells: Int) -> Range<Double> {
      let lower = (start - first) / whole * Double(cells)
      return lower..<lower + length / whole * Double(cells)
    }
    let columns = span(part.x, part.width, covered.x, covered.width, map.width)
    let rows = span(part.y, part.height, covered.y, covered.height, map.height)
    let resampler = PlaneResampler(
      from: (map.height, map.width), to: (height, width), over: (rows, columns))
    return Heatmap(width: width, height: height, values: resampler.enlarge(map.values))
  }
}

extension Double {
  /// The number on a grid of 1e-5: halves stay what they are where a rectangle was recorded in single precision.
  fileprivate var snapped: Double { (self * 1e5).rounded() / 1e5 }
}

extension CropGeometry {
  /// What two rectangles of one picture share; nil where that is nothing.
  fileprivate func shared(with other: CropGeometry) -> CropGeometry? {
    if self == other { return self }
    let (left, top) = (max(x, other.x), max(y, other.y))
    let (right, bottom) = (min(x + width, other.x + other.width), min(y + height, other.y + other.height))
    guard right > left, bottom > top else { return nil }
    return CropGeometry(
      imageWidth: imageWidth, imageHeight: imageHeight, x: left, y: top, width: right - left, height: bottom - top)
  }
}
