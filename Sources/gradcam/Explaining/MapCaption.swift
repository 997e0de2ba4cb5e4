import GradCAMCore
import ModelFormats

/// What is written below a map: the prediction, what the map explains and how, and how far to believe it.
struct MapCaption {
  let map: ExplanationMap
  /// The class that the model is surest of.
  let best: Prediction.Entry
  /// Whether the image was decoded only in part.
  let isDamaged: Bool

  /// That of a panel. A label that its font lacks letters of gives way to the class's number.
  var panel: [String] {
    let name = { (entry: Prediction.Entry) in
      let label = entry.name.shortened(to: 200)
      return Panel.writes(label) ? label : "class \(entry.index)"
    }
    let verdict = map.verdict == .ok ? "" : ", verdict: \(map.verdict.rawValue)"
    let damage = isDamaged ? ", damaged image" : ""
    return [prediction(name), sentence(name), "\(map.method.name), \(map.layer.shortened())\(verdict)\(damage)"]
  }

  /// That of a drawing, which has all letters.
  ///
  /// - Parameter clip: the percentile that the map is clipped at; nil where it is not.
  func drawing(clip: Double?) -> [String] {
    let name = { (entry: Prediction.Entry) in printable(entry.name.shortened(to: 200)) }
    let meaning = map.verdict.explanation(map.mode).map { ": \($0)" } ?? ""
    var lines = [
      prediction(name), sentence(name), "method: \(map.method.name)", "layer: \(printable(map.layer.shortened()))",
      "verdict: \(map.verdict.rawValue)\(meaning)",
    ]
    if isDamaged { lines.append("image: damaged, decoded only in part") }
    return lines + (clip.map { ["colours: full from percentile \($0.trimmed(2)) of the map on"] } ?? [])
  }

  private func prediction(_ name: (Prediction.Entry) -> String) -> String {
    "prediction: \(name(best)) \(MapWords.answer(best.probability, score: best.logit))"
  }

  private func sentence(_ name: (Prediction.Entry) -> String) -> String {
    let question = MapQuestion(
      name(map.target), map.mode, other: map.against.map(name), knowsClass: map.method.knowsClass)
    return MapWords(
      question: question, probability: map.target.probability, score: map.target.logit,
      isBest: map.target.index == best.index,
      positiveShare: map.positiveShare, isSigned: map.isSigned
    ).sentence
  }
}
