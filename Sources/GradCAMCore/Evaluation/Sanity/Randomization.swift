/// Cascading randomisation: the mean over levels of Spearman's rank correlation of the map with the one that the same model makes for the same
/// class at the same layer when its weights are replaced by noise from the head down (see `RandomizedModels`). Less is better: a map that
/// stays what it is does not depend on what the model learned.
///
/// Adebayo et al., "Sanity Checks for Saliency Maps", 2018 (arXiv 1810.03292). Of the paper's two rank correlations this is the one
/// with signs ("diverging"), of the map as the method gives it at its own size: a map that turns into its opposite is below 0, and one that
/// a random model leaves flat has 0. One mean for all levels, as Quantus has it (`MPRT`).
///
/// A method passes the check where the mean stays below 0.5 with its interval: half way from maps that have nothing in common to maps
/// that are the same.
public struct Randomization: Metric {
  public let name = "randomization"
  public let paper = "Adebayo et al. 2018, arXiv 1810.03292"
  public let maps = MetricSettings.randomizationLevels
  public let isBetterHigh = false
  public let needs: MetricNeeds = [.explanations, .randomizedModels]
  public let passingBound: Double? = 0.5

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    if subject.map.isFlat { return .undefined }
    let maps = try subject.maps.randomized(subject.index)
    return MetricFinding(mean(maps.map { rankLikeness(of: subject.map, to: $0) }))
  }
}
