/// Quantus 0.6's `AttributionLocalisation`: Σ |a| inside the finding / (Σ |a| + 1e-9), of the map divided by its greatest magnitude. Not defined
/// above 1.
///
/// It stands for the energy-based pointing game (Wang et al. 2020), and departs from it in that negative values count by their magnitude (in the
/// paper of its own, Kohlbrenner et al. 2020, they count for nothing) and in the 1e-9, which makes 0 of a map of zeros.
public struct QuantusAttributionLocalisation: Metric {
  public let name = "energy"
  public let paper = "Quantus 0.6, AttributionLocalisation"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { Self.value(of: $0.relevance.values, in: $1) }
  }

  static func value(of relevance: [Float], in region: TruthRegion) -> Double {
    let magnitudes = relevance.map { Double(abs($0)) }
    let most = magnitudes.max() ?? 0
    let unit = most > 0 ? most : 1
    var (inside, all) = (0.0, 0.0)
    for (value, belongs) in zip(magnitudes, region.cells) {
      all += value / unit
      if belongs { inside += value / unit }
    }
    return inside / (all + 1e-9)
  }
}
