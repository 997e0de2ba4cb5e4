/// openvino_xai 1.1's `adcc` of `ADCC`, of one image: 3 / (1/coherency + 1/(1 − complexity) + 1/(1 − drop)).
///
/// It departs from the paper (Poppi et al. 2021) in its parts. A table has the mean of the images' values; the library's `evaluate` makes one
/// number of the parts' means over all images, which are the columns beside it.
public struct OpenVINOADCC: Metric {
  public let name = "adcc"
  public let paper = "openvino_xai 1.1, ADCC"
  public let isBetterHigh = true
  public let needs: MetricNeeds = [.forwardPasses, .explanations]

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let parts = [
      try subject.openVINOCoherency(), 1 - subject.openVINOComplexity, 1 - (try subject.openVINODrop()),
    ]
    return MetricFinding(harmonicMean(parts))
  }
}
