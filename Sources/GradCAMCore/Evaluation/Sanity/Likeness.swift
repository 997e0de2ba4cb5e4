/// How alike a map and what becomes of it are: Spearman's rank correlation, with its sign.
///
/// - Parameter changed: of the map's size; nil for one that is not finite.
/// - Returns: NaN where the map is the same everywhere, and so has no ranks, or the other is not finite; 0 where the other is the same
///   everywhere: nothing of the map is left in it.
func rankLikeness(of map: Heatmap, to changed: Heatmap?) -> Double {
  guard let changed, !map.isFlat else { return .nan }
  return changed.isFlat ? 0 : rankCorrelation(map.values, changed.values)
}

/// The mean of a list; NaN for an empty one.
func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

extension Heatmap {
  /// Whether it is the same everywhere.
  var isFlat: Bool { values.allSatisfy { $0 == values.first } }

  /// What speaks for the class at another size, from 0 to 1: see `MetricSubject.mask`.
  func mask(like input: Tensor) -> Heatmap {
    Normalization.max.scale(enlarged(height: input.shape.h, width: input.shape.w).positivePart())
  }
}
