/// ROAD in one number: (least relevant first − most relevant first) / 2. More is better.
///
/// Of Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods", 2022 (arXiv 2202.00449), who report the two apart;
/// their difference is pytorch-grad-cam's `ROADCombined`.
public struct ROADCombined: Metric {
  public let name = "road"
  public let paper = "Rong et al. 2022, arXiv 2202.00449"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .forwardPasses

  public init() {}

  public func passes(_ settings: MetricSettings) -> Int { 2 * ROADCurve.percents.count }

  public func measure(_ subject: MetricSubject) throws -> MetricFinding { MetricFinding(try subject.road()) }
}
