import GradCAMCore
import ModelFormats

extension EvaluationTable {
  /// What scripts read. Numbers are rounded to ten digits, which neither the order of images nor their shards change.
  private struct Content: Encodable {
    let model: String
    let images: Int
    let failed: Int
    let notFiniteMaps: Int
    let seed: UInt64
    let baselines: [String]
    let metrics: [Column]
    let rows: [Row]
  }

  private struct Column: Encodable {
    let name: String
    /// `higher` or `lower`: what is better.
    let better: String
  }

  /// A mean over images. Numbers are null where no image has a value, intervals for fewer than two, differences in the first row's.
  private struct Row: Encodable {
    let method: String
    let layer: String
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
  }

  private var rows: [Row] {
    board.rows.flatMap { key in
      metrics.compactMap { metric -> Row? in
        guard let cell = board.cell(key, metric.name) else { return nil }
        let (value, difference) = (cell.value, cell.difference)
        return Row(
          method: key.method, layer: key.layer, metric: metric.name, images: value.count, undefined: value.undefined,
          mean: Self.rounded(value.mean), low: Self.rounded(value.interval?.lowerBound),
          high: Self.rounded(value.interval?.upperBound), difference: Self.rounded(difference.mean),
          differenceLow: Self.rounded(difference.interval?.lowerBound),
          differenceHigh: Self.rounded(difference.interval?.upperBound), beatsBaselines: beatsBaselines(key, metric),
          passes: passes(key, metric))
      }
    }
  }

  /// nil for what is no number.
  private static func rounded(_ value: Double?) -> Double? {
    value.flatMap { $0.isFinite ? $0.rounded(toDigits: 10) : nil }
  }

  /// One line: an object with the same keys whatever was measured.
  func json() throws(InputError) -> String {
    let columns = metrics.map { Column(name: $0.name, better: $0.isBetterHigh ? "higher" : "lower") }
    return try encodedJSON(
      Content(
        model: model.description, images: board.images, failed: failed, notFiniteMaps: result.notFinite, seed: seed,
        baselines: Self.baselineNames, metrics: columns, rows: rows), isSnakeCase: true)
  }

  /// A table (RFC 4180): a row a method, layer and metric.
  var csv: String {
    let head = [
      "method", "layer", "metric", "better", "images", "undefined", "mean", "low", "high", "difference",
      "difference_low", "difference_high", "beats_baselines", "passes",
    ]
    let better = Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.isBetterHigh ? "higher" : "lower") })
    let body = rows.map { row in
      let numbers = [row.mean, row.low, row.high, row.difference, row.differenceLow, row.differenceHigh]
      let names: [CSVTable.Cell] = [
        .text(row.method), .text(row.layer), .text(row.metric), .text(better[row.metric] ?? ""),
        .number("\(row.images)"), .number("\(row.undefined)"),
      ]
      let verdicts = [row.beatsBaselines, row.passes].map { verdict in
        CSVTable.Cell.text(verdict.map { $0 ? "true" : "false" } ?? "")
      }
      return CSVTable.line(names + numbers.map { .number($0.map { "\($0)" } ?? "") } + verdicts)
    }
    return CSVTable.line(head.map(CSVTable.Cell.text)) + body.joined()
  }
}
