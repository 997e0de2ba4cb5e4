import GradCAMCore
import ModelFormats

extension EvaluationTable {
  /// The most columns of a terminal that a line takes where a name does not ask for more.
  private static let width = 100
  /// The most characters of a layer's path; of longer ones the end is shown.
  private static let layerWidth = 24
  private static let mark = "*"
  /// Of what fails a sanity check.
  private static let failed = "!"

  /// Lines for people: a row a method and layer, metrics beside each other as far as they fit, then below.
  ///
  /// - Parameter showsDifferences: whether the differences from the first row follow.
  func lines(showsDifferences: Bool) -> [String] {
    guard board.images > 0 else { return ["no image was evaluated"] }
    var lines = blocks(board.rows) { valueCell($0, $1, of: board) }
    for (group, board) in result.boards.groups {
      lines += ["", "\(printable(group.name)), \(board.images.grouped) \(board.images == 1 ? "image" : "images")"]
      lines += blocks(board.rows) { valueCell($0, $1, of: board) }
    }
    if showsDifferences, let first = board.rows.first, board.rows.count > 1 {
      lines += ["", "difference from \(first.method) at \(printable(first.layer)), image by image"]
      lines += blocks(Array(board.rows.dropFirst())) { differenceCell($0, $1) }
    }
    return lines + [""] + notes + bestLines
  }

  private func blocks(
    _ rows: [Leaderboard.Key], _ cell: (Leaderboard.Key, any Metric) -> String
  ) -> [String] {
    let names = [["method", "layer"]] + rows.map { [$0.method, Self.short($0.layer)] }
    let used = (0..<2).map { column in (names.map { $0[column].count }.max() ?? 0) + 2 }.reduce(0, +)
    var (blocks, block, room): ([[[String]]], [[String]], Int) = ([], names, Self.width - used)
    for metric in metrics {
      let column = ["\(metric.name) \(metric.isBetterHigh ? "↑" : "↓")"] + rows.map { cell($0, metric) }
      let width = (column.map(\.count).max() ?? 0) + 2
      if width > room + 2, block[0].count > 2 {
        blocks.append(block)
        (block, room) = (names, Self.width - used)
      }
      for row in block.indices { block[row].append(column[row]) }
      room -= width
    }
    return Array((blocks + [block]).map(alignedColumns).joined(separator: [""]))
  }

  private static func short(_ layer: String) -> String {
    layer.count > layerWidth ? "…\(layer.suffix(layerWidth - 1))" : layer
  }

  private static func cell(_ key: Leaderboard.Key, _ metric: any Metric, of board: Leaderboard) -> String {
    guard let value = board.cell(key, metric.name)?.value, value.count > 0 else { return "–" }
    return text(value.mean, value.interval)
  }

  /// Whether a map was made at a layer of the network, and not at its input or by its attention.
  private static func isLayer(_ name: String) -> Bool { !["input", "attention"].contains(name) }

  private func valueCell(_ key: Leaderboard.Key, _ metric: any Metric, of board: Leaderboard) -> String {
    let mark = Self.beatsBaselines(key, metric, of: board) == false ? Self.mark : ""
    return Self.cell(key, metric, of: board) + (board.passes(key, metric) == false ? Self.failed : mark)
  }

  private func differenceCell(_ key: Leaderboard.Key, _ metric: any Metric) -> String {
    guard let value = board.cell(key, metric.name)?.difference, value.count > 0 else { return "–" }
    let sign = value.mean > 0 ? "+" : ""
    return sign + Self.text(value.mean, value.interval)
  }

  /// `0.507 ±0.023`: the second number is half the interval's width.
  private static func text(_ mean: Double, _ interval: ClosedRange<Double>?) -> String {
    guard let interval else { return mean.fixed(3) }
    return "\(mean.fixed(3)) ±\(((interval.upperBound - interval.lowerBound) / 2).fixed(3))"
  }

  /// What is to be known of the table.
  var notes: [String] {
    let images = board.images
    var lines = [
      images == 1
        ? "one image: no interval" : "\(images.grouped) images; ± is half of the mean's 95 % interval (bootstrap)"
    ]
    if failed > 0 { lines[0] += "; \(failed.grouped) failed" }
    if result.notFinite > 0 {
      lines.append("\(result.notFinite.grouped) map(s) held NaN or infinite values and take no part in means")
    }
    lines += fewerImages
    if result.blank > 0 {
      lines.append(
        "\(result.blank.grouped) map(s) show nothing for their class: all-negative, constant or zero-gradient")
    }
    if images > 1, images < Leaderboard.leastImages {
      lines.append(
        "fewer than \(Leaderboard.leastImages) images: intervals are too narrow, and no row is held against the baselines"
      )
    }
    if let steps = coarseSteps {
      lines.append("insertion and deletion in \(steps) steps are coarse: --steps 20 or more where rows are close")
    }
    for metric in metrics {
      guard let bound = metric.passingBound, board.rows.contains(where: { passes($0, metric) == false }) else {
        continue
      }
      let side = metric.isBetterHigh ? "above" : "below"
      lines.append(
        "\(Self.failed) fails the check: \(metric.name) is not \(side) \(bound.trimmed(3)) with its interval")
    }
    if contenders.contains(where: { key in
      metrics.contains { passes(key, $0) != false && beatsBaselines(key, $0) == false }
    }) {
      let names = Self.baselineNames.joined(separator: ", ")
      lines.append("\(Self.mark) not better than each of \(names), by the interval of the difference")
    }
    return lines
  }

  /// Which means of the methods are over fewer images than there are.
  private var fewerImages: [String] {
    let counts = metrics.compactMap { metric -> String? in
      let counts = contenders.compactMap { board.cell($0, metric.name)?.value.count }
      guard let least = counts.min(), let most = counts.max(), least < board.images else { return nil }
      return "\(metric.name) \(least == most ? least.grouped : "\(least.grouped) to \(most.grouped)")"
    }
    return counts.isEmpty
      ? [] : ["means over fewer images, where others have no value: \(counts.joined(separator: ", "))"]
  }

  /// In how many steps insertion or deletion were measured, where that is few.
  private var coarseSteps: Int? {
    guard metrics.contains(where: { $0 is Insertion || $0 is Deletion }) else { return nil }
    return steps < 10 ? steps : nil
  }

  /// By which metrics a row does not beat the baselines, or fails.
  private func weaknesses(of key: Leaderboard.Key) -> String {
    let names = metrics.filter { beatsBaselines(key, $0) == false || passes(key, $0) == false }.map(\.name)
    return names.isEmpty ? "" : "; it does not beat the baselines, or fails, by \(names.joined(separator: ", "))"
  }

  /// Which row is the best by the leading metric.
  var bestLines: [String] {
    guard let metric = leading, let best = board.best(of: contenders, by: metric),
      let value = board.cell(best, metric.name)?.value
    else { return [] }
    let found = "\(best.method) at \(printable(best.layer)) (\(Self.text(value.mean, value.interval)))"
    if beatsBaselines(best, metric) == false {
      return ["no method beats the baselines by \(metric.name); the best is", "  \(found)"]
    }
    return ["best by \(metric.name): \(found)\(weaknesses(of: best))"]
  }

  /// The command that keeps the best method and layer by the leading metric, with what was said of the model; nil where no method beats the
  /// baselines there, only one was tried at one layer, or the map is of several layers, which no model file names.
  var keeping: String? {
    guard let modelWords, let metric = leading, contenders.count > 1, let best = board.best(of: contenders, by: metric),
      beatsBaselines(best, metric) == true, !best.layer.contains("+"),
      !metrics.contains(where: { passes(best, $0) == false })
    else { return nil }
    let layer = Self.isLayer(best.layer) ? "--layer \(shellWord(Array(best.layer.utf8))) " : ""
    let words = modelWords.map { shellWord(Array($0.utf8)) + " " }.joined()
    return "gradcam convert \(shellWord(operand: model)) \(words)\(layer)--method \(best.method) -o FILE"
  }
}
