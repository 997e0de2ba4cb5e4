/// Average gain: max(0, o − y) / (1 − y), where y is the class's probability and o that of the image scaled by the map. More is better.
///
/// Zhang et al., "Opti-CAM: Optimizing saliency maps for interpretability", 2023 (arXiv 2301.07002), section 4.1.
public struct AverageGain: Metric {
  public let name = "gain"
  public let paper = "Zhang et al. 2023, arXiv 2301.07002"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (whole, masked) = (try subject.value(), try subject.maskedValue())
    // Nothing is left to gain from 1 on, and of scores nobody knows how much.
    guard subject.hasProbabilities, whole < 1, masked.isFinite else { return .undefined }
    return MetricFinding(max(0, masked - whole) / (1 - whole))
  }
}
