/// Complexity: the mean of the map from 0 to 1, which a map of few hot pixels has low. Less is better.
///
/// Poppi et al., "Revisiting The Evaluation of Class Activation Mapping for Explainability: A Novel Metric and Experimental Analysis", 2021
/// (arXiv 2104.10252), section 4.
public struct Complexity: Metric {
  public let name = "complexity"
  public let paper = "Poppi et al. 2021, arXiv 2104.10252"
  /// Edges are sparser than most maps.
  public let mustBeatBaselines = false
  public let isBetterHigh = false

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding { MetricFinding(subject.complexity) }
}

extension MetricSubject {
  var complexity: Double {
    once("complexity") { mask.values.reduce(0.0) { $0 + Double($1) } / Double(mask.values.count) }
  }
}
