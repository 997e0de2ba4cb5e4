/// The energy-based pointing game: the share of the map's positive values that lies in the finding. Not defined for a map without any.
///
/// Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks", 2020 (arXiv 1910.01279), section 4.3.
public struct EnergyInside: Metric {
  public let name = "energy"
  public let paper = "Wang et al. 2020, arXiv 1910.01279"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { Self.value(of: $0.mask.values, in: $1) }
  }

  /// - Parameter mask: from 0 to 1.
  static func value(of mask: [Float], in region: TruthRegion) -> Double {
    guard region.count > 0 else { return .nan }
    var (inside, all) = (0.0, 0.0)
    for (value, belongs) in zip(mask, region.cells) {
      all += Double(value)
      if belongs { inside += Double(value) }
    }
    return inside / all
  }
}
