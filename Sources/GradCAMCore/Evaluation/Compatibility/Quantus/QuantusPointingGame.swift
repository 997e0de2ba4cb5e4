/// Quantus 0.6's `PointingGame`: 1 where one of the hottest pixels lies in the finding, else 0.
///
/// It departs from the paper (Zhang et al. 2016) in that it has no tolerance, in that one hit of several hottest pixels suffices, and in that a
/// finding which the crop left out is a hit: its NaN is written into an array of truth values, and becomes true.
public struct QuantusPointingGame: Metric {
  public let name = "pointing"
  public let paper = "Quantus 0.6, PointingGame"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    guard let region = subject.truth else { return .undefined }
    return MetricFinding(Self.value(of: subject.relevance.values, in: region))
  }

  static func value(of relevance: [Float], in region: TruthRegion) -> Double {
    guard region.count > 0 else { return 1 }
    let most = relevance.max()
    return relevance.indices.contains { relevance[$0] == most && region.cells[$0] } ? 1 : 0
  }
}
