import GradCAMCore
import ModelFormats

/// What the page shows beside the table, of images in order: sums of curves, and the names of the best and the worst images.
struct EvaluationGallery: Sendable {
  /// A map that is among the best or the worst.
  struct Card: Sendable {
    let source: ImageSource
    /// The SHA-256 of the image's file as it was measured.
    let imageDigest: String
    let target: TargetRecord
    /// What other rows have of the image and the class; at most `mostOthers`.
    let others: [Other]
    let othersLeftOut: Int
  }

  struct Other: Codable, Sendable {
    let method: String
    let layer: String
    let value: Double
  }

  /// The first metric, whose best and worst images are shown.
  let metric: any Metric
  /// The row whose maps are shown.
  private(set) var first: Leaderboard.Key?
  private(set) var curves: CurveBoard
  private var extremes = ExtremeMaps<Card>(most: Self.most)
  private let metrics: Set<String>

  /// How many of the best and of the worst are shown.
  static let most = 12
  private static let mostOthers = 40

  /// - Parameter seed: that of the table's resamples.
  init(_ metric: any Metric, of metrics: [any Metric], seed: UInt64) {
    (self.metric, self.metrics) = (metric, Set(metrics.map(\.name)))
    curves = CurveBoard(seed: seed)
  }

  /// Takes in what a record says of an image.
  mutating func add(_ record: ExplanationRecord, _ source: ImageSource) {
    curves.add(
      image: record.path.bytes,
      record.maps.map { map in
        (map.row, (map.curves ?? [:]).filter { metrics.contains($0.key) }.compactMapValues(\.curve))
      })
    first = first ?? record.maps.first?.row
    for map in record.maps where map.row == first {
      guard let value = map.metrics?[metric.name] ?? nil else { continue }
      let others = record.maps.compactMap { other -> Other? in
        guard other.target.index == map.target.index, other.row != first,
          let value = other.metrics?[metric.name] ?? nil
        else { return nil }
        return Other(method: other.method, layer: other.layer, value: value)
      }
      let card = Card(
        source: source, imageDigest: record.imageDigest, target: map.target,
        others: Array(others.prefix(Self.mostOthers)), othersLeftOut: max(others.count - Self.mostOthers, 0))
      extremes.add(value, name: record.path.bytes + Array("\0\(map.target.index)".utf8), card)
    }
  }

  /// From the best on, and from the worst on.
  var sides: (best: [ExtremeMaps<Card>.Entry], worst: [ExtremeMaps<Card>.Entry]) {
    let (low, high) = extremes.sides
    return metric.isBetterHigh ? (high, low) : (low, high)
  }
}

extension MapRecord {
  fileprivate var row: Leaderboard.Key { Leaderboard.Key(method: method, layer: layer) }
}

extension EvaluationPlan {
  /// What the page of a run collects; nil where nothing is measured.
  var gallery: EvaluationGallery? {
    evaluation.metrics.first.map { EvaluationGallery($0, of: evaluation.metrics, seed: evaluation.settings.seed) }
  }
}
