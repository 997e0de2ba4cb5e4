/// pytorch-grad-cam 1.5.7's `ARCC`: 3 / (1/(coherency + ε) + 1/(1 − complexity + ε) + 1/(min(max(2·ROAD, 0), 1) + ε)) with ε = 1e-8 and ROAD at
/// percentiles 20, 40, 60 and 80.
///
/// It departs from the paper (Domeniconi et al. 2026, arXiv 2605.14641) in its parts and in the ε.
public struct PytorchGradCAMARCC: Metric {
  public let name = "arcc"
  public let paper = "pytorch-grad-cam 1.5.7, ARCC"
  public let isBetterHigh = true
  public let needs: MetricNeeds = [.forwardPasses, .explanations]

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 2 * PytorchGradCAMRoadCurve.percentiles.count }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let road = try subject.pytorchGradCAMRoad(at: [20, 40, 60, 80])
    guard road.isFinite else { return .undefined }
    let parts = [
      try subject.pytorchGradCAMCoherency(), 1 - subject.pytorchGradCAMComplexity, min(max(2 * road, 0), 1),
    ]
    return MetricFinding(harmonicMean(parts.map { $0 + 1e-8 }))
  }
}
