/// ROAD, most relevant first: the mean of the class's probability where the most relevant 20, 40, 60 and 80 % of the pixels are removed and
/// filled by noisy linear imputation. Less is better.
///
/// Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", 2022 (arXiv 2202.00449), section 4.
public struct ROADMostRelevantFirst: Metric {
  public let name = "road-morf"
  public let paper = "Rong et al. 2022, arXiv 2202.00449"
  public let isBetterHigh = false
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { ROADCurve.percents.count }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding { MetricFinding(try subject.roadMostFirst()) }
}
