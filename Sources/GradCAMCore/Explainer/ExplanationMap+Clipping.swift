extension ExplanationMap {
  /// The percentile that pictures of the map are clipped at where nothing else is said; nil for no clipping, as on a scale that was
  /// fixed for all maps.
  ///
  /// 99 for methods with outliers. On the demo model's drawings half of such a map's cells have less than 1 % of the largest
  /// magnitude and 99 in 100 less than 3 to 43 % (the deconvnet's apart): with 100 the pictures are nearly blank, with 98 the
  /// brightest parts begin to run together.
  public var usualClip: Double? { method.hasOutliers && scale == nil ? 99 : nil }

  /// What `OverlayStyle.fullScale` is to be so that `drawn` is clipped at a percentile of its magnitudes: 1 where that clips
  /// nothing, or where all cells up to it are zero.
  ///
  /// Clipping is for the eye: `heatmap`, `drawn`, measures and regions stay as they are.
  public func fullScale(clippedAt percent: Double?) -> Float {
    guard let percent, percent < 100 else { return 1 }
    let limit = drawn.magnitude(atPercentile: percent)
    let largest = drawn.magnitudes().values.max() ?? 0
    return limit > 0 && limit < largest ? limit : 1
  }
}
