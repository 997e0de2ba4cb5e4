import GradCAMCore

/// What is written below a map: the question, and how far to believe the answer.
enum MapCaption {
  /// - Parameter clip: the percentile that the map is clipped at; nil where it is not.
  static func lines(
    _ map: ExplanationMap, _ prediction: Prediction, clip: Double?, _ options: Explainer.Options
  ) -> [String] {
    let verdict = [map.verdict.rawValue, map.verdict.explanation].compactMap { $0 }.joined(separator: ": ")
    return [
      prediction.ranking.first.map { "prediction: \(described($0))" },
      "map: \(question(map, options))", "method: \(map.method.name)", "layer: \(printable(map.layer))",
      "verdict: \(verdict)", clip.map { "colours: full from percentile \($0.trimmed(2)) of the map on" },
    ].compactMap { $0 }
  }

  /// `evidence for opacity 5.3 %`.
  private static func question(_ map: ExplanationMap, _ options: Explainer.Options) -> String {
    let side = options.isCounterfactual ? "against" : "for"
    let other = options.against.map { " rather than \(printable($0.description))" } ?? ""
    return "evidence \(side) \(described(map.target))\(other)"
  }

  private static func described(_ entry: Prediction.Entry) -> String {
    ResultLines.described(entry.index, entry.label, entry.probability)
  }
}
