/// How the maps of several layers become one: each scaled, enlarged to the largest of them, and then joined cell by cell.
public enum LayerFusion: String, Sendable, CaseIterable {
  case mean, max, product

  /// - Parameters:
  ///   - maps: at least one, scaled.
  ///   - height: at least that of the largest map, as is `width`.
  func join(_ maps: [Heatmap], height: Int, width: Int) -> Heatmap {
    let enlarged = maps.map { $0.enlarged(height: height, width: width) }
    return Heatmap(width: width, height: height) { position in
      let values = enlarged.map { $0.values[position] }
      switch self {
      case .mean: return values.reduce(0, +) / Float(values.count)
      case .max: return values.max() ?? 0
      case .product: return values.reduce(1, *)
      }
    }
  }
}
