/// Relevance rank accuracy: the share of the K most relevant pixels that lie in the finding, which has K of them. Of equally relevant ones
/// that share the last ranks, as many as a random choice has on average.
///
/// Arras, Osman and Samek, "CLEVR-XAI: A benchmark dataset for the ground truth evaluation of neural network explanations", Information
/// Fusion 2022 (arXiv 2003.07258), equation 2.
public struct RankAccuracy: Metric {
  public let name = "rank"
  public let paper = "Arras et al. 2022, arXiv 2003.07258"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding { subject.located { Self.value($0.ranks(in: $1)) } }

  static func value(_ ranks: TruthRanks) -> Double {
    var (left, inside) = (ranks.inside, 0.0)
    for group in ranks.groups where left > 0 {
      let taken = min(left, group.count)
      inside += Double(group.inside) * Double(taken) / Double(group.count)
      left -= taken
    }
    return inside / Double(ranks.inside)
  }
}
