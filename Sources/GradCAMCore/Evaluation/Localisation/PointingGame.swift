/// The pointing game: 1 where the hottest pixel lies in the finding, or no farther from it than `MetricSettings.tolerance`, in pixels of the
/// image; else 0. Of several that are hottest, the share that hits, which is what one of them drawn at random would do on average.
///
/// Zhang et al., "Top-down Neural Attention by Excitation Backprop", 2016 (arXiv 1608.00507), section 4.2, with a tolerance of 15 pixels.
public struct PointingGame: Metric {
  public let name = "pointing"
  public let paper = "Zhang et al. 2016, arXiv 1608.00507"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { Self.value(of: $0.relevance.values, in: $1, tolerance: $0.settings.tolerance) }
  }

  /// - Parameter tolerance: in pixels of the image, between the centres of cells.
  static func value(of relevance: [Float], in region: TruthRegion, tolerance: Double) -> Double {
    guard region.count > 0, let most = relevance.max() else { return .nan }
    let hottest = relevance.indices.filter { relevance[$0] == most }
    let reach = tolerance > 0 ? TruthReach(region) : nil
    let hits = hottest.count { region.cells[$0] || (reach?.distance(of: $0) ?? .infinity) <= tolerance }
    return Double(hits) / Double(hottest.count)
  }
}

/// How far cells lie from a region, in pixels of the image.
private struct TruthReach {
  private let region: TruthRegion
  /// By cell, how many cells of its row lie between it and the nearest of the region; infinite where the row has none.
  private let across: [Double]

  init(_ region: TruthRegion) {
    self.region = region
    var across = region.cells.map { $0 ? 0 : Double.infinity }
    for start in stride(from: 0, to: across.count, by: region.width) {
      for i in start + 1..<max(start + 1, start + region.width) { across[i] = min(across[i], across[i - 1] + 1) }
      for i in (start..<max(start, start + region.width - 1)).reversed() {
        across[i] = min(across[i], across[i + 1] + 1)
      }
    }
    self.across = across
  }

  func distance(of position: Int) -> Double {
    let (row, column) = (position / region.width, position % region.width)
    let squares = (0..<region.height).lazy.map { other in
      let x = across[other * region.width + column] * region.pitch.x
      let y = Double(other - row) * region.pitch.y
      return x * x + y * y
    }
    return (squares.min() ?? .infinity).squareRoot()
  }
}
