/// Stability under noise: the mean of Spearman's rank correlations of the map with those of the image with a little normal noise on the input,
/// whose deviation is 2 % of each channel's range in the image, drawn five times. More is better, and no proof of a good map: one that never
/// changes has 1, so nothing has to beat the baselines.
///
/// Ghorbani, Abid and Zou, "Interpretation of Neural Networks is Fragile", 2019 (arXiv 1710.10547), measure by rank correlation how far a map
/// moves; Alvarez-Melis and Jaakkola, "On the Robustness of Interpretability Methods", 2018 (arXiv 1806.08049), why it should not. Their
/// distances, and the maximum of Yeh et al. 2019 (arXiv 1901.09392), depend on the map's unit or on one extreme draw; ranks do not.
public struct NoiseStability: Metric {
  public let name = "stability-noise"
  public let paper = "Ghorbani et al. 2019, arXiv 1710.10547"
  public let maps = MetricSettings.stabilityDraws
  public let isBetterHigh = true
  public let needs: MetricNeeds = .explanations
  public let mustBeatBaselines = false

  public init() {}

  public func measure(_ subject: MetricSubject) throws -> MetricFinding {
    if subject.map.isFlat { return .undefined }
    let maps = try subject.maps.underNoise(subject.index)
    return MetricFinding(mean(maps.map { rankLikeness(of: subject.map, to: $0) }))
  }
}
