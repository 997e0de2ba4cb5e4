/// Quantus 0.6's `TopKIntersection`: the share of the 1,000 most relevant pixels that lie in the finding. Not defined where the input has no more
/// than 1,000.
///
/// Theiner, Müller-Budack and Ewerth 2021 (arXiv 2104.14995). Pixels of one value come in the picture's order, as for `QuantusRankAccuracy`.
public struct QuantusTopKIntersection: Metric {
  public let name = "top-k"
  public let paper = "Quantus 0.6, TopKIntersection"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  /// How many pixels count.
  public static let count = 1000

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { subject, region in
      let values = subject.quantusScaled
      guard values.count > Self.count else { return .nan }
      return QuantusRankAccuracy.value(of: values, in: region, first: Self.count)
    }
  }
}
