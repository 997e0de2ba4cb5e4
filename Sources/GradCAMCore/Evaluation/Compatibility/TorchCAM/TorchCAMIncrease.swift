/// torch-cam 0.5's `conf_increase` of `ClassificationMetric`: 1 where the class's probability is higher for the image scaled by the map.
///
/// It departs from the paper (Chattopadhay et al. 2018) in its map alone: see `TorchCAMAverageDrop`. The library compares
/// in single precision: of an image that it is sure of, both may be 1.
public struct TorchCAMIncrease: Metric {
  public let name = "increase"
  public let paper = "torch-cam 0.5, ClassificationMetric"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (whole, masked) = (try subject.value(), try subject.torchCAMMaskedValue())
    guard whole.isFinite, masked.isFinite else { return .undefined }
    return MetricFinding(Float(masked) > Float(whole) ? 1 : 0.0)
  }
}
