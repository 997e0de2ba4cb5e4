/// Quantus 0.6's `RelevanceRankAccuracy`: the share of the K most relevant pixels that lie in the finding, which has K of them.
///
/// It departs from the paper (Arras et al. 2022) where pixels of one value share the last ranks: as many count as stand first in the order of the
/// sort. Here that is the picture's; the library's is NumPy's quicksort, which another processor sorts another way.
public struct QuantusRankAccuracy: Metric {
  public let name = "rank"
  public let paper = "Quantus 0.6, RelevanceRankAccuracy"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { Self.value(of: $0.quantusScaled, in: $1, first: $1.count) }
  }

  /// The share of the first pixels that lie in the finding.
  static func value(of relevance: [Float], in region: TruthRegion, first count: Int) -> Double {
    let order = MetricSubject.stableOrder(relevance)
    return Double(order.prefix(count).count { region.cells[$0] }) / Double(count)
  }
}
