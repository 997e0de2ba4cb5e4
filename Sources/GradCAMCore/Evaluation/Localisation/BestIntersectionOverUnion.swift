/// Intersection over union of the finding and the part of the map above the fixed threshold that does best: 0, 0.05 … 0.95 of the map's
/// maximum. One threshold serves all images: the means by threshold are compared, not the images' best.
///
/// Choe et al., "Evaluating Weakly Supervised Object Localization Methods Right", 2020 (arXiv 2001.07437), section 3: a threshold is chosen
/// over a data set.
public struct BestIntersectionOverUnion: Metric {
  public let name = "iou-best"
  public let paper = "Choe et al. 2020, arXiv 2001.07437"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  /// The thresholds that are tried, as shares of the map's maximum.
  public static let thresholds = (0..<20).map { Double($0) / 20 }

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    guard let region = subject.truth, region.count > 0 else { return .undefined }
    let values = Self.values(of: subject.mask.values, in: region)
    return MetricFinding(bestOf: Dictionary(uniqueKeysWithValues: zip(Self.thresholds.map { "\($0)" }, values)))
  }

  /// By threshold.
  ///
  /// - Parameter mask: from 0 to 1.
  static func values(of mask: [Float], in region: TruthRegion) -> [Double] {
    thresholds.map { threshold in
      IntersectionOverUnion.overlap(of: region) { Double(mask[$0]) > threshold }
    }
  }
}
