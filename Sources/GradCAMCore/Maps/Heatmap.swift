/// A map of one value a cell, row by row: what an explanation method computes for one image.
public struct Heatmap: Sendable, Equatable {
  /// In cells.
  public let width, height: Int
  /// `height` · `width` values.
  public var values: [Float]

  /// A map of these values.
  ///
  /// - Precondition: they fill it exactly.
  public init(width: Int, height: Int, values: [Float]) {
    precondition(values.count == width * height, "values that do not fill the map")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// A map of what `value` gives for each cell, counted row by row.
  init(width: Int, height: Int, _ value: (_ position: Int) -> Float) {
    self.init(width: width, height: height, values: (0..<width * height).map(value))
  }

  /// A map of this size of what `value` gives for each cell, counted row by row.
  public func replacing(_ value: (_ position: Int) -> Float) -> Heatmap {
    Heatmap(width: width, height: height, value)
  }

  /// The map as it is drawn: what is not a finite number counts as 0.
  var drawable: Heatmap { map { $0.isFinite ? $0 : 0 } }

  /// The map without its negative values. A NaN becomes 0.
  func positivePart() -> Heatmap { map { $0 > 0 ? $0 : 0 } }

  /// The magnitudes: what a map with a sign is measured by.
  func magnitudes() -> Heatmap { map(abs) }

  /// The map with left and right exchanged.
  func mirrored() -> Heatmap {
    Heatmap(width: width, height: height) { values[$0 / width * width + (width - 1 - $0 % width)] }
  }

  private func map(_ change: (Float) -> Float) -> Heatmap {
    Heatmap(width: width, height: height, values: values.map(change))
  }
}
