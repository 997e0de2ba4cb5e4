/// Hit rate: 1 where the hottest pixel lies in the finding, else 0: the pointing game without a tolerance. Of several that are hottest, the
/// share that hits.
///
/// Saporta et al., "Benchmarking saliency methods for chest X-ray interpretation", Nature Machine Intelligence 2022, "Evaluation metrics".
public struct HitRate: Metric {
  public let name = "hit"
  public let paper = "Saporta et al. 2022, 10.1038/s42256-022-00536-x"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { PointingGame.value(of: $0.relevance.values, in: $1, tolerance: 0) }
  }
}
