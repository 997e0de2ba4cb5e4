/// openvino_xai 1.1's `coherency` of `ADCC`: (r + 1) / 2, where r is Pearson's correlation of the map with that of the picture scaled by it, both
/// at the input's size.
///
/// It departs from the paper (Poppi et al. 2021) in that what the map takes away becomes black, and in that maps are compared after they were
/// enlarged.
public struct OpenVINOCoherency: Metric {
  public let name = "coherency"
  public let paper = "openvino_xai 1.1, ADCC"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .explanations

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    MetricFinding(try subject.openVINOCoherency())
  }
}

extension MetricSubject {
  func openVINOCoherency() throws -> Double {
    try once("openvino coherency") {
      let again = try explanation(of: openVINOMasked).enlarged(height: input.shape.h, width: input.shape.w)
      return (pearsonCorrelation(openVINOMask.values, again.values) + 1) / 2
    }
  }
}
