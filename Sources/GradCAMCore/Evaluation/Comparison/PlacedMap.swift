/// A map, and where on its picture it lies.
public struct PlacedMap: Sendable {
  /// Unscaled or scaled: only its order and its proportions are compared.
  public var map: Heatmap
  /// The rectangle of the picture that its cells cover.
  public var covered: CropGeometry
  /// The rectangle that the network saw.
  public var seen: CropGeometry
  /// The network's input, in cells.
  public var inputWidth, inputHeight: Int
  /// Whether the network's own numbers were finite, which a ReLU may hide.
  public var isFinite: Bool

  /// A map over what its network saw.
  ///
  /// - Parameters:
  ///   - seen: the rectangle that the network saw.
  ///   - covered: the rectangle that the map's cells cover; nil where that is the same.
  public init(
    _ map: Heatmap, seen: CropGeometry, covered: CropGeometry? = nil, inputWidth: Int, inputHeight: Int,
    isFinite: Bool = true
  ) {
    (self.map, self.seen, self.covered) = (map, seen, covered ?? seen)
    (self.inputWidth, self.inputHeight) = (inputWidth, inputHeight)
    self.isFinite = isFinite && map.values.allSatisfy(\.isFinite)
  }
}

extension Explanation {
  /// One of its maps, unscaled, where it lies on the image.
  public func placed(_ map: ExplanationMap) -> PlacedMap {
    PlacedMap(
      map.cam, seen: prepared.geometry, inputWidth: prepared.tensor.shape.w, inputHeight: prepared.tensor.shape.h,
      isFinite: map.raw.values.allSatisfy(\.isFinite))
  }
}
