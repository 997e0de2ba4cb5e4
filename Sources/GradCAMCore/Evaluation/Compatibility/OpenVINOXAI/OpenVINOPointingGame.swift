/// openvino_xai 1.1's `PointingGame`: 1 where one of the hottest pixels (i, j) has x ≤ j ≤ x + w and y ≤ i ≤ y + h for one of the boxes, else 0.
///
/// It departs from the paper (Zhang et al. 2016) in that it has no tolerance, in that one hit of several hottest pixels suffices, and in that a
/// box reaches one row and one column beyond its own pixels. It knows boxes alone: masks are taken pixel by pixel.
public struct OpenVINOPointingGame: Metric {
  public let name = "pointing"
  public let paper = "openvino_xai 1.1, PointingGame"
  public let isBetterHigh = true
  public let needs: MetricNeeds = .truth

  public init() {}

  public func measure(_ subject: MetricSubject) -> MetricFinding {
    subject.located { Self.value(of: $0.relevance.values, in: $1) }
  }

  static func value(of relevance: [Float], in region: TruthRegion) -> Double {
    guard let most = relevance.max() else { return .nan }
    let hits = relevance.indices.contains { position in
      relevance[position] == most && contains(position, region)
    }
    return hits ? 1 : 0
  }

  private static func contains(_ position: Int, _ region: TruthRegion) -> Bool {
    guard !region.boxes.isEmpty else { return region.cells[position] }
    let (x, y) = (Double(position % region.width), Double(position / region.width))
    return region.boxes.contains { $0.contains(x: x, y: y) }
  }
}
