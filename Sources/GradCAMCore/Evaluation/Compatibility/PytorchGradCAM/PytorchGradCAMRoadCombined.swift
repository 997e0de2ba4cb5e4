/// pytorch-grad-cam 1.5.7's `ROADCombined`: (least relevant first − most relevant first) / 2, of the means over nine percentiles.
///
/// It departs from the paper as `PytorchGradCAMRoadCurve` tells.
public struct PytorchGradCAMRoadCombined: Metric {
  public let name = "road"
  public let paper = "pytorch-grad-cam 1.5.7, ROADCombined"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 2 * PytorchGradCAMRoadCurve.percentiles.count }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    MetricFinding(try subject.pytorchGradCAMRoad(at: PytorchGradCAMRoadCurve.percentiles))
  }
}
