/// Stability under shifts: the mean over four sides of Spearman's rank correlation of the map with that of the image moved there by four pixels
/// of the input (an eighth of its shorter side where that is less; its edge goes on behind it), moved back, at the input's size, over the
/// places that both show. More is better, and no proof of a good map: nothing has to beat the baselines. Not defined for inputs below eight
/// pixels a side.
///
/// Crabbé and van der Schaar, "Evaluating the Robustness of Interpretability Methods through Explanation Invariance and Equivariance", 2023
/// (arXiv 2304.06715): equivariance under translations, the mean over the group of the likeness of a map to the one moved back. They measure
/// likeness by the cosine, which is high for any two positive maps; here it is the ranks'.
public struct ShiftStability: Metric {
  public let name = "stability-shift"
  public let paper = "Crabbé and van der Schaar 2023, arXiv 2304.06715"
  public let maps = 4
  public let isBetterHigh = true
  public let needs: MetricNeeds = .explanations
  public let mustBeatBaselines = false

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    if subject.map.isFlat { return .undefined }
    let relevance = subject.relevance
    let likenesses = try subject.maps.shifted(subject.index).map { shift, map in
      guard let map else { return Double.nan }
      let other = map.enlarged(height: relevance.height, width: relevance.width)
      let seen = shift.common(relevance, other)
      return rankLikeness(of: seen.map, to: seen.moved)
    }
    return MetricFinding(mean(likenesses))
  }
}
