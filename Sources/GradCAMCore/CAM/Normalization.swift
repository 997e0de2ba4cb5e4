import Glibc

/// How a map is scaled.
public enum Normalization: String, Sendable, CaseIterable {
  /// Divided by its maximum.
  case max
  /// (x − min) / (max − min).
  case minmax
  /// Not at all.
  case none
  /// pytorch-grad-cam's (x − min) / (max − min + 1e-7).
  case pytorchGradCAM = "pytorch-grad-cam"
  /// torch-cam's (x − min) / (max − min + 1e-8).
  case torchCAM = "torch-cam"
  /// Captum's: divided by the magnitude above which 2 % of the magnitudes' sum lies, and held to −1…1.
  case captum

  /// The scaling of a library.
  init(_ library: PeerLibrary) {
    switch library {
    case .pytorchGradCAM: self = .pytorchGradCAM
    case .torchCAM: self = .torchCAM
    case .captum: self = .captum
    }
  }

  /// The scaled map. A map of zeros, or one that is constant under `minmax`, becomes zero everywhere; so does one that is not
  /// finite. Never NaN.
  ///
  /// - Parameter isSigned: whether 0 stays where it is: `max` and `minmax` then divide by the largest magnitude.
  public func scale(_ map: Heatmap, isSigned: Bool = false) -> Heatmap {
    guard map.values.allSatisfy(\.isFinite), let least = map.values.min(), let most = map.values.max() else {
      return Heatmap(width: map.width, height: map.height) { _ in 0 }
    }
    if self == .none { return map }
    let divisor: Float
    var origin: Float = 0
    switch self {
    case .none, .max: divisor = isSigned ? Swift.max(most, -least) : most
    case .minmax:
      origin = isSigned ? 0 : least
      divisor = isSigned ? Swift.max(most, -least) : most - least
    case .pytorchGradCAM: (origin, divisor) = (least, most - least + 1e-7)
    case .torchCAM: (origin, divisor) = (least, most - least + 1e-8)
    case .captum: divisor = Self.magnitude(above: 0.02, map.values)
    }
    return Heatmap(width: map.width, height: map.height) { position in
      guard divisor > 0 else { return 0 }
      let value = (map.values[position] - origin) / divisor
      return self == .captum ? Swift.min(Swift.max(value, -1), 1) : value
    }
  }

  /// The magnitude at which all but a share of the magnitudes' sum is reached.
  private static func magnitude(above share: Double, _ values: [Float]) -> Float {
    let magnitudes = values.map(abs).sorted()
    let wanted = magnitudes.reduce(0.0) { $0 + Double($1) } * (1 - share)
    var sum = 0.0
    for magnitude in magnitudes {
      sum += Double(magnitude)
      if sum >= wanted { return magnitude }
    }
    return magnitudes.last ?? 0
  }
}

extension Heatmap {
  /// The map without its negative values. A NaN becomes 0.
  func positivePart() -> Heatmap {
    Heatmap(width: width, height: height, values: values.map { $0 > 0 ? $0 : 0 })
  }

  /// The least and the greatest value; NaN where one of the values is.
  public var range: (least: Float, most: Float) {
    if values.contains(where: \.isNaN) { return (.nan, .nan) }
    return (values.min() ?? .nan, values.max() ?? .nan)
  }

  /// The magnitudes: what a map with a sign is measured by.
  public func magnitudes() -> Heatmap { Heatmap(width: width, height: height, values: values.map(abs)) }

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
