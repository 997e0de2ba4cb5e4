/// ROAD, coherency and complexity in one number: 3 / (1/coherency + 1/(1 − complexity) + 1/min(max(2·ROAD, 0), 1)). More is better.
///
/// Domeniconi et al., "How to Evaluate and Refine your CAM", 2026 (arXiv 2605.14641).
public struct ARCC: Metric {
  public let name = "arcc"
  public let paper = "Domeniconi et al. 2026, arXiv 2605.14641"
  public let isBetterHigh = true
  public let needs: MetricNeeds = [.forwardPasses, .explanations]

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { ROADCombined().passes(settings) }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    // Only of probabilities is the difference a share.
    guard subject.hasProbabilities else { return .undefined }
    let road = try subject.road()
    // Neither bound would pass on a NaN.
    guard road.isFinite else { return .undefined }
    return MetricFinding(
      harmonicMean([try subject.coherency(), 1 - subject.complexity, min(max(2 * road, 0), 1)]))
  }
}
