/// Agreement: the mean of Spearman's rank correlations of the map with those of the other methods for the same image, class and layer; baselines
/// are none of these, and are themselves compared with methods at all layers. Not defined for one method alone. Maps that are the same
/// everywhere have no ranks and are left out.
///
/// Krishna et al., "The Disagreement Problem in Explainable Machine Learning: A Practitioner's Perspective", 2022 (arXiv 2202.01602), section
/// 3: the rank correlation. Methods that share a slip agree, too: it tells which method stands alone, and not which is right.
public struct Agreement: Metric {
  public let name = "agreement"
  public let paper = "Krishna et al. 2022, arXiv 2202.01602"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .otherMaps
  public let mustBeatBaselines = false

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    let map = subject.map
    if map.isFlat { return .undefined }
    let maps = subject.maps
    let correlations = maps.ofOtherMethods(subject.index).compactMap { place -> Double? in
      let other = maps.maps[place]
      guard (other.raw.values + other.cam.values).allSatisfy(\.isFinite), !other.cam.isFlat else { return nil }
      if (other.cam.width, other.cam.height) == (map.width, map.height) {
        return pearsonCorrelation(maps.ranks(subject.index), maps.ranks(place))
      }
      let enlarged = other.cam.enlarged(height: subject.input.shape.h, width: subject.input.shape.w)
      return rankCorrelation(subject.relevance.values, enlarged.values)
    }
    return MetricFinding(mean(correlations))
  }
}
