/// Average precision over pixels: Σₙ (Rₙ − Rₙ₋₁) Pₙ, where Rₙ and Pₙ are recall and precision of the pixels that are at least as relevant
/// as the n-th distinct value.
///
/// As scikit-learn's `average_precision_score` defines it: no interpolation, ties are taken together.
public struct PixelAveragePrecision: Metric {
  public let name = "ap"
  public let paper = "Zhu 2004, Recall, Precision and Average Precision"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding { subject.located { Self.value($0.ranks(in: $1)) } }

  static func value(_ ranks: TruthRanks) -> Double {
    var (inside, count, sum) = (0, 0, 0.0)
    for group in ranks.groups {
      inside += group.inside
      count += group.count
      sum += Double(group.inside) * Double(inside) / Double(count)
    }
    return sum / Double(ranks.inside)
  }
}
