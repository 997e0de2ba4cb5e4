extension Heatmap {
  /// The magnitude that `percent` percent of the cells do not exceed, on a line between two cells where it falls between
  /// them: NumPy's `percentile` of the magnitudes. What is not a finite number counts as 0.
  ///
  /// - Precondition: `percent` is from 0 to 100, and the map has cells.
  public func magnitude(atPercentile percent: Double) -> Float {
    precondition((0...100).contains(percent), "no percentile")
    let sorted = drawable.magnitudes().values.sorted()
    let place = percent / 100 * Double(sorted.count - 1)
    let (below, above) = (sorted[Int(place)], sorted[min(Int(place) + 1, sorted.count - 1)])
    return Float(Double(below) + (Double(above) - Double(below)) * (place - place.rounded(.down)))
  }

  /// The map with magnitudes over `limit` cut to it.
  public func clipped(to limit: Float) -> Heatmap {
    Heatmap(width: width, height: height, values: values.map { min(max($0, -limit), limit) })
  }
}
