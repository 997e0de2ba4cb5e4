import GradCAMCore
import ModelFormats

/// The line that is printed for each map of a record.
enum ResultLines {
  /// `a.gradcam.png  opacity 97.3 %  12 ms`; what the map explains stands before the time where it is not the evidence for that class.
  /// Where there are several maps, the time is each one's own.
  static func lines(of record: ExplanationRecord, _ palette: Palette) -> [String] {
    guard let best = record.prediction.first else { return [] }
    let name = best.label?.shortened(to: 200) ?? "class \(best.index)"
    let prediction = "\(name) \(MapWords.answer(best.probability, score: best.logit))"
    return record.maps.map { map in
      // An overlay without a path went to standard output.
      var parts = [map.output ?? "-", prediction]
      let words = map.words(best: best)
      if !words.isPlain { parts.append(words.sentence) }
      parts = parts.map(printable)
      if record.damaged == true { parts.append(palette.caution("[damaged]")) }
      if map.verdict != "ok" { parts.append(palette.caution("[\(map.verdict)]")) }
      let own = record.maps.count > 1 ? map.milliseconds : nil
      return (parts + [time(own ?? record.milliseconds)]).joined(separator: "  ")
    }
  }

  private static func time(_ milliseconds: Float) -> String {
    let number = Double(milliseconds)
    return "\(number.fixed(number < 10 ? 1 : 0)) ms"
  }
}

extension MapRecord {
  /// What is said of the map.
  ///
  /// - Parameter best: the class that the model is surest of.
  fileprivate func words(best: PredictionRecord) -> MapWords {
    // Records of earlier versions lack it.
    let knowsClass = classAgnostic.map { !$0 } ?? (try? CAMMethods.named(method))?.knowsClass ?? true
    let question = MapQuestion(
      target.name.shortened(to: 200), MapQuestion.Mode(rawValue: mode) ?? .evidenceFor,
      other: against?.name.shortened(to: 200), knowsClass: knowsClass)
    return MapWords(
      question: question, probability: target.probability, score: target.logit, isBest: target.index == best.index,
      positiveShare: positiveShare, isSigned: signed ?? false)
  }
}
