/// pytorch-grad-cam 1.5.7's `ROADLeastRelevantFirstAverage`: the mean change of the class's probability where the least relevant
/// 90, 80 … 10 % of the pixels are removed.
///
/// It departs from the paper as `PytorchGradCAMRoadCurve` tells, and counts nine shares in the place of
/// four.
public struct PytorchGradCAMRoadLeastFirst: Metric {
  public let name = "road-lerf"
  public let paper = "pytorch-grad-cam 1.5.7, ROADLeastRelevantFirstAverage"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { PytorchGradCAMRoadCurve.percentiles.count }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let changes = try subject.pytorchGradCAMRoad(isMostFirst: false)
    return MetricFinding(changes.reduce(0, +) / Double(changes.count))
  }
}
