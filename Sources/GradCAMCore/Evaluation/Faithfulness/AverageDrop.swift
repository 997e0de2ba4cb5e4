/// Average drop: max(0, y − o) / y, where y is the class's probability and o what is left of it where the image is scaled by the map.
/// Less is better.
///
/// Chattopadhay et al., "Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks", 2018 (arXiv 1710.11063), section 4.1.
public struct AverageDrop: Metric {
  public let name = "drop"
  public let paper = "Chattopadhay et al. 2018, arXiv 1710.11063"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    // A share of nothing is none.
    guard subject.value > 0 else { return .undefined }
    return MetricFinding(max(0, subject.value - (try subject.maskedValue())) / subject.value)
  }
}

extension MetricSubject {
  /// The class's value for the image scaled by the map.
  func maskedValue() throws -> Double { try once("masked") { try value(maskedBy: mask) } }
}
