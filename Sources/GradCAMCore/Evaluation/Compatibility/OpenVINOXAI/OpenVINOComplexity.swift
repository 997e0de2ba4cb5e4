/// openvino_xai 1.1's `complexity` of `ADCC`: the mean of the map.
///
/// It departs from the paper (Poppi et al. 2021) in its map alone, which runs from its least value to its greatest.
public struct OpenVINOComplexity: Metric {
  public let name = "complexity"
  public let paper = "openvino_xai 1.1, ADCC"
  public let isBetterHigh = false

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding { MetricFinding(subject.openVINOComplexity) }
}

extension MetricSubject {
  var openVINOComplexity: Double {
    once("openvino complexity") {
      let mask = openVINOMask
      return mask.values.reduce(0.0) { $0 + Double($1) } / Double(mask.values.count)
    }
  }
}
