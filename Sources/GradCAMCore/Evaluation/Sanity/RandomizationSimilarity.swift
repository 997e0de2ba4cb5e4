/// Cascading randomisation by structural similarity: as `Randomization`, with SSIM in the place of the rank correlation, of the maps from 0 to
/// 1 at the input's size (`structuralSimilarity`). Less is better. Not defined where nothing in the map speaks for the class.
///
/// Adebayo et al., "Sanity Checks for Saliency Maps", 2018 (arXiv 1810.03292). SSIM sees where maps are smooth and blank, which
/// ranks do not: of two unrelated maps of few hot pixels it is high. Compare it with the baselines'.
public struct RandomizationSimilarity: Metric {
  public let name = "randomization-ssim"
  public let paper = "Adebayo et al. 2018, arXiv 1810.03292"
  public let maps = MetricSettings.randomizationLevels
  public let isBetterHigh = false
  public let mustBeatBaselines = false
  /// Above it the map hardly depends on the weights. Maps that know nothing of the model have 1.
  public let passingBound: Double? = 0.9
  public let needs: MetricNeeds = [.explanations, .randomizedModels]

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    let mask = subject.mask
    if mask.isZero { return .undefined }
    let maps = try subject.maps.randomized(subject.index)
    return MetricFinding(
      mean(maps.map { $0.map { structuralSimilarity(mask, $0.mask(like: subject.input)) } ?? .nan }))
  }
}
