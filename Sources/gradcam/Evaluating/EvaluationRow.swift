import GradCAMCore
import ModelFormats

/// A mean over images, as scripts and the page read it. Numbers are null where no image has a value, intervals for fewer than two,
/// differences in the first row's; they are rounded to ten digits, which neither the order of images nor their shards change.
struct EvaluationRow: Encodable, Sendable {
  let method: String
  var layer: String
  let metric: String
  /// How many images have a value, and how many have none.
  let images: Int
  let undefined: Int
  @OrNull var mean: Double?
  @OrNull var low: Double?
  @OrNull var high: Double?
  /// From the first row, image by image.
  @OrNull var difference: Double?
  @OrNull var differenceLow: Double?
  @OrNull var differenceHigh: Double?
  /// Null for baselines, and where it cannot be told.
  @OrNull var beatsBaselines: Bool?
  /// Whether maps pass the sanity check that the metric is; null for metrics that are none, and where it cannot be told.
  @OrNull var passes: Bool?
  /// What the mean is over: `all`, `class:NAME`, `size:small`.
  let group: String

  /// The group of all images.
  static let everything = "all"

  /// - Parameter verdicts: whether the row beats the baselines, and passes the sanity check.
  init(
    _ key: Leaderboard.Key, _ metric: String, _ cell: Leaderboard.Cell,
    _ verdicts: (beatsBaselines: Bool?, passes: Bool?), group: String
  ) {
    (method, layer, self.metric, self.group) = (key.method, key.layer, metric, group)
    (beatsBaselines, passes) = verdicts
    let (value, difference) = (cell.value, cell.difference)
    (images, undefined) = (value.count, value.undefined)
    (mean, low, high) = (
      Self.rounded(value.mean), Self.rounded(value.interval?.lowerBound), Self.rounded(value.interval?.upperBound)
    )
    (self.difference, differenceLow, differenceHigh) = (
      Self.rounded(difference.mean), Self.rounded(difference.interval?.lowerBound),
      Self.rounded(difference.interval?.upperBound)
    )
  }

  /// nil for what is no number.
  static func rounded(_ value: Double?) -> Double? {
    value.flatMap { $0.isFinite ? $0.rounded(toDigits: 10) : nil }
  }
}

extension EvaluationTable {
  /// A row a method, layer and metric, of some rows of a board.
  ///
  /// - Parameter group: what the board is over.
  func rows(_ keys: [Leaderboard.Key], of board: Leaderboard, _ group: String) -> [EvaluationRow] {
    keys.flatMap { key in
      metrics.compactMap { metric -> EvaluationRow? in
        guard let cell = board.cell(key, metric.name) else { return nil }
        let beats = Self.beatsBaselines(key, metric, of: board)
        return EvaluationRow(key, metric.name, cell, (beats, board.passes(key, metric)), group: group)
      }
    }
  }

  /// Those of all images, then those of each group.
  var allRows: [EvaluationRow] {
    rows(board.rows, of: board, EvaluationRow.everything)
      + result.boards.groups.flatMap { rows($0.board.rows, of: $0.board, $0.group.tag) }
  }

  /// What scripts read, and the page.
  struct Content: Encodable {
    let model: String
    let images: Int
    let failed: Int
    let notFiniteMaps: Int
    let seed: UInt64
    let baselines: [String]
    let metrics: [Column]
    let rows: [EvaluationRow]
  }

  struct Column: Encodable {
    let name: String
    /// `higher` or `lower`: what is better.
    let better: String

    init(_ metric: any Metric) { (name, better) = (metric.name, metric.isBetterHigh ? "higher" : "lower") }
  }

  func content(_ rows: [EvaluationRow]) -> Content {
    Content(
      model: model.description, images: board.images, failed: failed, notFiniteMaps: result.notFinite, seed: seed,
      baselines: Self.baselineNames, metrics: metrics.map(Column.init), rows: rows)
  }
}
