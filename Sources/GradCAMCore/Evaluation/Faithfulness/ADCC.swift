/// Average drop, coherency and complexity in one number: 3 / (1/coherency + 1/(1 − complexity) + 1/(1 − drop)). More is better.
///
/// Poppi et al., "Revisiting The Evaluation of Class Activation Mapping for Explainability: A Novel Metric and Experimental Analysis", 2021
/// (arXiv 2104.10252), equation 6.
public struct ADCC: Metric {
  public let name = "adcc"
  public let paper = "Poppi et al. 2021, arXiv 2104.10252"
  public let isBetterHigh = true
  public let needs: MetricNeeds = [.forwardPasses, .explanations]

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 1 }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let drop = try AverageDrop().measure(subject).value
    return MetricFinding(harmonicMean([try subject.coherency(), 1 - subject.complexity, 1 - drop]))
  }
}
