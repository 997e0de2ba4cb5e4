/// Insertion: the area under the class's probability while the most relevant pixels are put in first. More is better.
///
/// Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models", 2018 (arXiv 1806.07421), section 4.1.
public struct Insertion: Metric {
  public let name = "insertion"
  public let paper = "Petsiuk et al. 2018, arXiv 1806.07421"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { settings.steps ?? MetricSettings.usualSteps }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let exchange = PixelExchange(subject, from: subject.replacement, to: subject.input)
    let curve = try exchange.curve(
      steps: subject.settings.steps ?? MetricSettings.usualSteps, first: subject.valueOfReplacement(),
      last: subject.value())
    return MetricFinding(curve.area, curve)
  }
}
