import GradCAMCore
import ModelFormats

extension EvaluationTable {
  /// One line: an object with the same keys whatever was measured.
  func json() throws(InputError) -> String { try encodedJSON(content(allRows), isSnakeCase: true) }

  /// A table (RFC 4180): a row a method, layer and metric, over all images and over each group.
  var csv: String {
    let head = [
      "method", "layer", "metric", "better", "images", "undefined", "mean", "low", "high", "difference",
      "difference_low", "difference_high", "beats_baselines", "passes", "group",
    ]
    let better = Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, Column($0).better) })
    let body = allRows.map { row in
      let numbers = [row.mean, row.low, row.high, row.difference, row.differenceLow, row.differenceHigh]
      let names: [CSVTable.Cell] = [
        .text(row.method), .text(row.layer), .text(row.metric), .text(better[row.metric] ?? ""),
        .number("\(row.images)"), .number("\(row.undefined)"),
      ]
      let verdicts = [row.beatsBaselines, row.passes].map { verdict in
        CSVTable.Cell.text(verdict.map { $0 ? "true" : "false" } ?? "")
      }
      return CSVTable.line(
        names + numbers.map { .number($0.map { "\($0)" } ?? "") } + verdicts + [.text(row.group)])
    }
    return CSVTable.line(head.map(CSVTable.Cell.text)) + body.joined()
  }
}
