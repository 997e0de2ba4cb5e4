/// The line that is printed for each map of a record.
enum ResultLines {
  /// `a.gradcam.png  opacity 97.3 %  12 ms`, with what stands out behind it.
  static func lines(of record: ExplanationRecord, _ palette: Palette) -> [String] {
    let milliseconds = Double(record.milliseconds)
    let time = "\(milliseconds.fixed(milliseconds < 10 ? 1 : 0)) ms"
    guard let best = record.prediction.first else { return [] }
    return record.maps.map { map in
      // An overlay without a path went to standard output.
      var line =
        "\(printable(map.output ?? "-"))  \(described(best.index, best.label, best.probability, best.logit))  \(time)"
      if map.target.index != best.index {
        line += "  explains \(described(map.target.index, map.target.label, map.target.probability, map.target.logit))"
      }
      if map.verdict != "ok" { line += "  \(palette.caution("[\(map.verdict)]"))" }
      return line
    }
  }

  /// `opacity 97.3 %`; where nothing makes probabilities of scores, `opacity score 3.575`.
  private static func described(_ index: Int, _ label: String?, _ probability: Float?, _ score: Float?) -> String {
    let name = printable(label ?? "class \(index)")
    guard let probability else { return "\(name) score \(score.map { Double($0).fixed(3) } ?? "?")" }
    guard !probability.isNaN else { return "\(name) ? %" }
    return "\(name) \((Double(probability) * 100).fixed(1)) %"
  }
}
