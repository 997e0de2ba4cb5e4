/// pytorch-grad-cam 1.5.7's `DropInConfidence`: max(0, y − o), where o is the probability of the normalised image scaled by the map.
///
/// It departs from the paper (Chattopadhay et al. 2018) in that the drop is not divided by y: one from 0.02 to 0 counts 0.02 and not 1. Its map
/// runs from its least value to its greatest.
public struct PytorchGradCAMDrop: Metric {
  public let name = "drop"
  public let paper = "pytorch-grad-cam 1.5.7, DropInConfidence"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    MetricFinding(max(0, try subject.value() - subject.pytorchGradCAMMaskedValue()))
  }
}

extension MetricSubject {
  /// A map as pytorch-grad-cam hands it to metrics: scaled by its least and greatest value, enlarged, and scaled again.
  func pytorchGradCAMScaled(_ map: Heatmap) -> Heatmap {
    let once = Normalization.pytorchGradCAM.scale(map).enlarged(height: input.shape.h, width: input.shape.w)
    return Normalization.pytorchGradCAM.scale(once)
  }

  var pytorchGradCAMMask: Heatmap { pytorchGradCAMScaled(map) }

  func pytorchGradCAMMaskedValue() throws -> Double {
    try once("pytorch-grad-cam masked") { try value(maskedBy: pytorchGradCAMMask) }
  }
}
