/// openvino_xai 1.1's `deletion` of `InsertionDeletionAUC`: |Σ yᵢ − (y₀ + yₙ)/2| / n over n = 30 steps, where step i blackens the ⌊i·H·W/n⌋ most
/// relevant pixels.
///
/// It departs from the paper (Petsiuk et al. 2018) as `OpenVINOInsertion` does.
public struct OpenVINODeletion: Metric {
  public let name = "deletion"
  public let paper = "openvino_xai 1.1, InsertionDeletionAUC"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { (settings.steps ?? 30) + 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    try subject.openVINOArea(from: subject.input, to: subject.blackImage)
  }
}
