/// The share of the hottest cells of one map that are among the hottest of another of the same size: 1 for the same cells, and about
/// `share` for maps that have nothing to do with each other. Each map has the same number of hottest cells, so that it is the same from
/// either side.
///
/// Values that are equal at the edge share the places that are left among them, so that no order of cells decides: a cell's weight is 1
/// above the edge's value, and that of its part at it. The overlap is Σ min(aᵢ, bᵢ) ÷ Σ aᵢ.
///
/// - Parameter share: of all cells, those that count; their number is rounded up.
func topOverlap(_ left: Heatmap, _ right: Heatmap, share: Double) -> Double {
  precondition((left.width, left.height) == (right.width, right.height), "maps of two sizes")
  let count = Int((share * Double(left.values.count)).rounded(.up))
  let (a, b) = (HottestCells(left.values, count), HottestCells(right.values, count))
  var (both, sums) = (0.0, (0.0, 0.0))
  for (one, other) in zip(left.values, right.values) {
    let weights = (a.weight(of: one), b.weight(of: other))
    both += min(weights.0, weights.1)
    sums = (sums.0 + weights.0, sums.1 + weights.1)
  }
  // Both sums are `count`, but for rounding, which must not tell a map from itself.
  return both / max(sums.0, sums.1)
}

/// Which of some values are among the greatest.
private struct HottestCells {
  /// The least of them.
  private let edge: Float
  /// The weight of what has that value.
  private let atEdge: Double

  init(_ values: [Float], _ count: Int) {
    edge = values.sorted()[values.count - count]
    let (above, same) = values.reduce((0, 0)) { [edge] found, value in
      (found.0 + (value > edge ? 1 : 0), found.1 + (value == edge ? 1 : 0))
    }
    atEdge = Double(count - above) / Double(same)
  }

  func weight(of value: Float) -> Double { value > edge ? 1 : value == edge ? atEdge : 0 }
}
