import GradCAMCore

/// The leaderboard as it is printed.
struct EvaluationTable {
  let board: Leaderboard
  let metrics: [any Metric]

  /// Lines for people: a row a method and layer, its means and their intervals.
  var lines: [String] {
    let head = ["method", "layer"] + metrics.map { "\($0.name) \($0.isBetterHigh ? "↑" : "↓")" }
    let rows = board.rows.map { key in
      [key.method, key.layer] + metrics.map { cell(key, $0) }
    }
    return alignedColumns([head] + rows)
  }

  private func cell(_ key: Leaderboard.Key, _ metric: any Metric) -> String {
    guard let value = board.cell(key, metric.name)?.value, value.count > 0 else { return "–" }
    var text = value.mean.fixed(3)
    if let interval = value.interval {
      text += " (\(interval.lowerBound.fixed(3))–\(interval.upperBound.fixed(3)))"
    }
    return value.undefined > 0 ? "\(text), \(value.undefined.grouped) undefined" : text
  }
}
