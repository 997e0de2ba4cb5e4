/// A map of one value a cell, row by row: what an explanation method computes for one image.
public struct Heatmap: Sendable, Equatable {
  public let width: Int
  public let height: Int
  /// `height` · `width` values.
  public var values: [Float]

  /// - Precondition: the values fill the map exactly.
  public init(width: Int, height: Int, values: [Float]) {
    precondition(values.count == width * height, "values that do not fill the map")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// The map as it is drawn: what is not a finite number counts as 0.
  var drawable: Heatmap {
    Heatmap(width: width, height: height, values: values.map { $0.isFinite ? $0 : 0 })
  }
}
