/// pytorch-grad-cam 1.5.7's `IncreaseInConfidence`: 1 where the class's probability is higher for the normalised image scaled by the map.
///
/// It departs from the paper (Chattopadhay et al. 2018) in its map alone: see `PytorchGradCAMDrop`. The library compares
/// in single precision: of an image that it is sure of, both may be 1.
public struct PytorchGradCAMIncrease: Metric {
  public let name = "increase"
  public let paper = "pytorch-grad-cam 1.5.7, IncreaseInConfidence"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (whole, masked) = (try subject.value(), try subject.pytorchGradCAMMaskedValue())
    guard whole.isFinite, masked.isFinite else { return .undefined }
    return MetricFinding(Float(masked) > Float(whole) ? 1 : 0.0)
  }
}
