/// Increase in confidence: 1 where the class's probability is higher for the image scaled by the map, else 0. More is better.
///
/// Chattopadhay et al., "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks", 2018 (arXiv 1710.11063), section 4.1.
public struct Increase: Metric {
  public let name = "increase"
  public let paper = "Chattopadhay et al. 2018, arXiv 1710.11063"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (whole, masked) = (try subject.value(), try subject.maskedValue())
    guard whole.isFinite, masked.isFinite else { return .undefined }
    return MetricFinding(masked > whole ? 1 : 0.0)
  }
}
