import Glibc

// What is told of a map in numbers.

extension Heatmap {
  /// Whether every cell is 0.
  var isZero: Bool { values.allSatisfy { $0 == 0 } }

  /// The least and the greatest value; NaN where one of the values is.
  public var range: (least: Float, most: Float) {
    if values.contains(where: \.isNaN) { return (.nan, .nan) }
    return (values.min() ?? .nan, values.max() ?? .nan)
  }

  /// The greatest value, if it is above 0, as a share of the greatest magnitude: 1 where positive evidence is the strongest, 0 where
  /// there is none. NaN for a map of zeros, and where a value is NaN.
  public var positiveShare: Float {
    let (least, most) = range
    if least.isNaN { return .nan }
    return max(most, 0) / max(abs(most), abs(least))
  }

  /// The share of the map's sum that lies in its outermost cells: NaN for a map of zeros.
  public var borderShare: Float {
    var (border, sum) = (0.0, 0.0)
    for y in 0..<height {
      for x in 0..<width {
        let value = Double(max(values[y * width + x], 0))
        sum += value
        if y == 0 || x == 0 || y == height - 1 || x == width - 1 { border += value }
      }
    }
    return Float(border / sum)
  }

  /// The entropy of the map as a distribution over its cells, divided by the logarithm of their number: 0 for one hot cell, 1 for
  /// an even map, NaN for a map of zeros or of one cell.
  public var entropy: Float {
    let positive = values.map { Double(max($0, 0)) }
    let sum = positive.reduce(0, +)
    let entropy = positive.reduce(0.0) { total, value in
      value > 0 ? total - value / sum * log(value / sum) : total
    }
    return sum > 0 ? Float(entropy / log(Double(values.count))) : .nan
  }

  /// The standard error of this map's cells, from the maps of both halves of its samples: half the root mean square of their
  /// differences, as a share of the map's largest magnitude.
  func error(ofHalves one: Heatmap, _ other: Heatmap) -> Float? {
    guard let largest = values.map(abs).max(), largest > 0 else { return nil }
    let squares = zip(one.values, other.values).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    return Float((squares / Double(values.count)).squareRoot() / 2) / largest
  }
}
