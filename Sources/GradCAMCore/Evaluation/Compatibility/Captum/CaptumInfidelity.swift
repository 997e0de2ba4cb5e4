/// captum 0.9's `infidelity`, as it is without `normalize`: the mean over perturbations of (S − D)², where S is the relevance that a perturbation
/// holds and D the drop of the class's probability. The perturbations, which captum leaves to its caller, are those of `Infidelity`, as 1 inside a
/// square; a place's relevance is shared out among its channels.
///
/// It departs from the paper (Yeh et al. 2019) in that it has no best scale β, so that the unit of the map decides it.
public struct CaptumInfidelity: Metric {
  public let name = "infidelity"
  public let paper = "captum 0.9, infidelity"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { Infidelity().passes(settings) }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let pairs = try Infidelity.relevanceAndDrops(subject)
    let errors = zip(pairs.sums, pairs.drops).map { ($0 - $1) * ($0 - $1) }
    return MetricFinding(errors.reduce(0, +) / Double(errors.count))
  }
}
