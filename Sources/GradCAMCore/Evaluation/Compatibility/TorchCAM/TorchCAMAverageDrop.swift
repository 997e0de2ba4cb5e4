/// torch-cam 0.5's `avg_drop` of `ClassificationMetric`: max(0, y − o) / (y + 1e-7), where o is the probability of the image scaled by the map.
///
/// It departs from the paper (Chattopadhay et al. 2018) in the 1e-7, which turns a drop into none where the class's probability is below it,
/// and in its map, which runs from its least value to its greatest: the least relevant pixel is always taken away whole. Where the library is given
/// a softmax, it also differentiates that for the map, and not the score; here the map is the one that is explained.
public struct TorchCAMAverageDrop: Metric {
  public let name = "drop"
  public let paper = "torch-cam 0.5, ClassificationMetric"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let (whole, masked) = (try subject.value(), try subject.torchCAMMaskedValue())
    guard masked.isFinite else { return .undefined }
    return MetricFinding(max(0, whole - masked) / (whole + 1e-7))
  }
}

extension MetricSubject {
  func torchCAMMaskedValue() throws -> Double { try once("torch-cam masked") { try value(maskedBy: torchCAMMask) } }
}
