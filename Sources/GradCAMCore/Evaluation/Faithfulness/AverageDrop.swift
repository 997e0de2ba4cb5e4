/// Average drop: max(0, y − o) / y, where y is the class's probability and o what is left of it where the image is scaled by the map.
/// Less is better.
///
/// Chattopadhay et al., "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks", 2018 (arXiv 1710.11063), section 4.1.
public struct AverageDrop: Metric {
  public let name = "drop"
  public let paper = "Chattopadhay et al. 2018, arXiv 1710.11063"
  /// The image as it is drops by nothing, which a map of one value leaves it.
  public let mustBeatBaselines = false
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (whole, masked) = (try subject.value(), try subject.maskedValue())
    // A share of nothing is none, and a score is no share.
    guard subject.hasProbabilities, whole > 0, masked.isFinite else { return .undefined }
    return MetricFinding(max(0, whole - masked) / whole)
  }
}

extension MetricSubject {
  /// The class's value for the image scaled by the map.
  func maskedValue() throws -> Double { try once("masked") { try value(maskedBy: mask) } }
}
