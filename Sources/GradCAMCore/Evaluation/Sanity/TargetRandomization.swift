/// Target randomisation: Spearman's rank correlation of the map with the one for another class, drawn by the seed for each class; of a network
/// with one output, for the other answer. Less is better: a map that is the same for every class says nothing of this one. Methods that know
/// no class have 1.
///
/// Sixt, Granz and Landgraf, "When Explanations Lie: Why Many Modified BP Attributions Fail", 2020 (arXiv 1912.09818): the
/// random logit. They measure SSIM; ranks are what `Randomization` measures here, and the two compare.
public struct TargetRandomization: Metric {
  public let name = "target-randomization"
  public let paper = "Sixt et al. 2020, arXiv 1912.09818"
  public let isBetterHigh = false
  public let mustBeatBaselines = false
  /// Above it the map hardly depends on the class. Maps that know nothing of the model have 1.
  public let passingBound: Double? = 0.9
  public let needs: MetricNeeds = .explanations

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    if subject.map.isFlat { return .undefined }
    return MetricFinding(rankLikeness(of: subject.map, to: try subject.maps.ofOtherClass(subject.index)))
  }
}
