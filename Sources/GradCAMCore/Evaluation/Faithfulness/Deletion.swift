/// Deletion: the area under the class's probability while the most relevant pixels are taken away first. Less is better.
///
/// Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", 2018 (arXiv 1806.07421), section 4.1.
public struct Deletion: Metric {
  public let name = "deletion"
  public let paper = "Petsiuk et al. 2018, arXiv 1806.07421"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { settings.steps ?? MetricSettings.usualSteps }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let exchange = PixelExchange(subject, from: subject.input, to: subject.replacement)
    let curve = try exchange.curve(
      steps: subject.settings.steps ?? MetricSettings.usualSteps, first: subject.value(),
      last: subject.valueOfReplacement())
    return MetricFinding(curve.area, curve)
  }
}
