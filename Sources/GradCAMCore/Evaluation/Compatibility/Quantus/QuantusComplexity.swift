import Glibc

/// Quantus 0.6's `Complexity`: −Σ p·log(p + 1e-12) in nats, where p is a pixel's share of the map's magnitudes.
///
/// It is the entropy of Bhatt, Weller and Moura 2020 (arXiv 2005.00631), and no mean of the map as the metric of that name here is (Poppi et al.
/// 2021): from 0 for one pixel to log(H·W) for a map of one value.
public struct QuantusComplexity: Metric {
  public let name = "complexity"
  public let paper = "Quantus 0.6, Complexity"
  public let isBetterHigh = false

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    MetricFinding(Self.value(of: subject.relevance.values))
  }

  static func value(of relevance: [Float]) -> Double {
    let sum = relevance.reduce(0.0) { $0 + Double(abs($1)) }
    return -relevance.reduce(0.0) { entropy, value in
      let share = Double(abs(value)) / sum
      return entropy + share * log(share + 1e-12)
    }
  }
}
