/// Quantus 0.6's `RelevanceMassAccuracy`: Σ a inside the finding / Σ a, with the map's signs.
///
/// It departs from the paper (Arras et al. 2022, arXiv 2003.07258, where relevance is positive) in that negative values take away, so that it may
/// be above 1 or below 0. Of a map without negative values it is the share of `energy`.
public struct QuantusMassAccuracy: Metric {
  public let name = "mass"
  public let paper = "Quantus 0.6, RelevanceMassAccuracy"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { Self.value(of: $0.relevance.values, in: $1) }
  }

  static func value(of relevance: [Float], in region: TruthRegion) -> Double {
    var (inside, all) = (0.0, 0.0)
    for (value, belongs) in zip(relevance, region.cells) {
      all += Double(value)
      if belongs { inside += Double(value) }
    }
    return inside / all
  }
}
