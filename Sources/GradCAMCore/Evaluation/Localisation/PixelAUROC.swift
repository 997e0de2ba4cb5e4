/// Area under the pixels' receiver operating characteristic: how probably a pixel of the finding is more relevant than one beside it, a tie
/// being half. Not defined where the finding is everything.
///
/// Fawcett, "An introduction to ROC analysis", 2006; equal to scikit-learn's `roc_auc_score` over pixels.
public struct PixelAUROC: Metric {
  public let name = "auroc"
  public let paper = "Fawcett 2006, 10.1016/j.patrec.2005.10.010"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding { subject.located { Self.value($0.ranks(in: $1)) } }

  static func value(_ ranks: TruthRanks) -> Double {
    let outside = ranks.count - ranks.inside
    var (above, pairs) = (0, 0.0)
    for group in ranks.groups {
      pairs += Double(group.count - group.inside) * (Double(above) + Double(group.inside) / 2)
      above += group.inside
    }
    return pairs / (Double(ranks.inside) * Double(outside))
  }
}
