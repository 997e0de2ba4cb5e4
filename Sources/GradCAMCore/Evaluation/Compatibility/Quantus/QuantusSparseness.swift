/// Quantus 0.6's `Sparseness`: the Gini index Σ (2i − n − 1)·vᵢ / (n·Σ v) of the map's magnitudes, divided by the greatest and raised by 1e-7, in
/// ascending order: 0 for a map of one value, almost 1 for one pixel.
///
/// Chalasani et al. 2020 (arXiv 1810.06583). The 1e-7 keeps a map of zeros defined: it has 0.
public struct QuantusSparseness: Metric {
  public let name = "sparseness"
  public let paper = "Quantus 0.6, Sparseness"
  public let isBetterHigh = true

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    MetricFinding(Self.value(of: subject.relevance.values))
  }

  static func value(of relevance: [Float]) -> Double {
    let magnitudes = relevance.map { Double(abs($0)) }
    let most = magnitudes.max() ?? 0
    let sorted = magnitudes.map { (most > 0 ? $0 / most : 0) + 1e-7 }.sorted()
    let count = Double(sorted.count)
    let sum = sorted.enumerated().reduce(0.0) { $0 + (2 * Double($1.offset + 1) - count - 1) * $1.element }
    return sum / (count * sorted.reduce(0, +))
  }
}
