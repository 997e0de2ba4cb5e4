import Glibc

/// How a map is scaled.
public enum Normalization: String, Sendable, CaseIterable {
  /// Divided by its maximum.
  case max
  /// (x − min) / (max − min).
  case minmax
  /// Not at all.
  case none

  /// The scaled map. A map of zeros, or one that is constant under `minmax`, becomes zero everywhere; so does one that is not
  /// finite. Never NaN.
  public func scale(_ map: Heatmap) -> Heatmap {
    var scaled = map
    let least = map.values.min() ?? 0
    let most = map.values.max() ?? 0
    guard map.values.allSatisfy(\.isFinite) else {
      scaled.values = map.values.map { _ in 0 }
      return scaled
    }
    switch self {
    case .none: break
    case .max: scaled.values = map.values.map { most > 0 ? $0 / most : 0 }
    case .minmax:
      let range = most - least
      scaled.values = map.values.map { range > 0 ? ($0 - least) / range : 0 }
    }
    return scaled
  }
}

extension Heatmap {
  /// The map without its negative values. A NaN becomes 0.
  public func positivePart() -> Heatmap {
    Heatmap(width: width, height: height, values: values.map { $0 > 0 ? $0 : 0 })
  }

  /// The least and the greatest value; NaN where one of the values is.
  public var range: (least: Float, most: Float) {
    if values.contains(where: \.isNaN) { return (.nan, .nan) }
    return (values.min() ?? .nan, values.max() ?? .nan)
  }

  /// The share of the map's sum that lies in its outermost cells: NaN for a map of zeros.
  public var borderShare: Float {
    var (border, sum) = (0.0, 0.0)
    for y in 0..<height {
      for x in 0..<width {
        let value = Double(Swift.max(values[y * width + x], 0))
        sum += value
        if y == 0 || x == 0 || y == height - 1 || x == width - 1 { border += value }
      }
    }
    return Float(border / sum)
  }

  /// The entropy of the map as a distribution over its cells, divided by the logarithm of their number: 0 for one hot cell, 1 for
  /// an even map, NaN for a map of zeros or of one cell.
  public var entropy: Float {
    let positive = values.map { Double(Swift.max($0, 0)) }
    let sum = positive.reduce(0, +)
    let entropy = positive.reduce(0.0) { total, value in
      value > 0 ? total - value / sum * log(value / sum) : total
    }
    return sum > 0 ? Float(entropy / log(Double(values.count))) : .nan
  }
}
