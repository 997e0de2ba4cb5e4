/// Coherency: (r + 1) / 2, where r is Pearson's correlation of the map with the map of the image scaled by it. More is better.
///
/// Poppi et al., "Revisiting The Evaluation of Class Activation Mapping for Explainability: A Novel Metric and Experimental Analysis", 2021
/// (arXiv 2104.10252), section 4.
public struct Coherency: Metric {
  public let name = "coherency"
  public let paper = "Poppi et al. 2021, arXiv 2104.10252"
  /// Maps that do not see the image have 1.
  public let mustBeatBaselines = false
  public let isBetterHigh = true
  public let needs: MetricNeeds = .explanations

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding { MetricFinding(try subject.coherency()) }
}

extension MetricSubject {
  /// NaN where one of the maps is the same everywhere, and so correlates with nothing.
  func coherency() throws -> Double {
    try once("coherency") {
      let again = try explanation(of: masked(mask))
      return (pearsonCorrelation(map.values, again.values) + 1) / 2
    }
  }
}
