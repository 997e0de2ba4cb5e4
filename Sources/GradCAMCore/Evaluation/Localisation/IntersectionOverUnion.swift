/// Intersection over union of the finding and the part of the map above Otsu's threshold, which is taken of the map from 0 to 1 in 256
/// levels. Of a map of one value above 0 that part is everything, of a map of zeros nothing.
///
/// Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979; as in Saporta et al., "Benchmarking saliency methods for chest X-ray
/// interpretation", Nature Machine Intelligence 2022.
public struct IntersectionOverUnion: Metric {
  public let name = "iou"
  public let paper = "Saporta et al. 2022, 10.1038/s42256-022-00536-x; Otsu 1979"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { Self.value(of: $0.mask.values, in: $1) }
  }

  /// - Parameter mask: from 0 to 1.
  static func value(of mask: [Float], in region: TruthRegion) -> Double {
    guard region.count > 0 else { return .nan }
    let levels = mask.map { Int((Double($0) * 255).rounded()) }
    let threshold = otsuThreshold(levels)
    return overlap(of: region) { levels[$0] > threshold }
  }

  /// - Parameter isChosen: whether a cell belongs to the map's part.
  static func overlap(of region: TruthRegion, _ isChosen: (Int) -> Bool) -> Double {
    var (both, either) = (0, 0)
    for (position, belongs) in region.cells.enumerated() {
      let chosen = isChosen(position)
      if chosen && belongs { both += 1 }
      if chosen || belongs { either += 1 }
    }
    return Double(both) / Double(either)
  }
}

/// The level that parts others best: of the classes up to it and above it, the variance between is the greatest. The least of several; 0
/// where all are one.
///
/// - Parameter levels: 0…255.
func otsuThreshold(_ levels: [Int]) -> Int {
  var counts = [Int](repeating: 0, count: 256)
  for level in levels { counts[level] += 1 }
  let (count, sum) = (Double(levels.count), Double(levels.reduce(0, +)))
  var (below, sumBelow) = (0.0, 0.0)
  var best = (level: 0, variance: 0.0)
  for level in 0..<255 {
    below += Double(counts[level])
    sumBelow += Double(counts[level] * level)
    guard below > 0, below < count else { continue }
    let distance = sum * below - sumBelow * count
    let variance = distance * distance / (below * (count - below))
    if variance > best.variance { best = (level, variance) }
  }
  return best.level
}
