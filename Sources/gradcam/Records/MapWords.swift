import GradCAMCore

/// What is said of a map wherever people read of it: the line that is printed, and the caption of a panel.
struct MapWords {
  let question: MapQuestion
  /// What the model says of the class, where that is not the one that it is surest of; nil where that is not known.
  let probability: Float?
  /// The class's score, which is told where nothing makes probabilities of scores.
  let score: Float?
  /// Whether the class is the one that the model is surest of.
  let isBest: Bool
  /// See `ExplanationMap`.
  let positiveShare: Float?
  let isSigned: Bool

  /// From this share on, what was left out of a map goes without saying.
  private static let dominated: Float = 0.5

  /// Whether the words stand in a line that tells the prediction already: a map of the class's own evidence needs none there.
  var isPlain: Bool { isBest && question.mode == .evidenceFor && question.knowsClass && strongerOpposite == nil }

  /// `map: evidence for opacity, 5.3 %`, and how much stronger the evidence is that the map leaves out.
  var sentence: String {
    let isKnown = probability != nil || score != nil
    let answer = isBest || !isKnown || !question.knowsClass ? "" : ", \(Self.answer(probability, score: score))"
    return "map: \(question)\(answer)\(strongerOpposite.map { "; \($0)" } ?? "")"
  }

  /// `evidence against it is 31 times stronger`; nil where that is not the case, or to be seen in the map.
  private var strongerOpposite: String? {
    guard let share = positiveShare, share > 0, share <= Self.dominated, !isSigned, question.knowsClass
    else { return nil }
    let times = Double(1 / share)
    let number = times >= 1000 ? "over 1,000" : times.fixed(times < 9.95 ? 1 : 0)
    return "evidence \(question.mode.counterclaim) is \(number) times stronger (--signed shows it)"
  }

  /// `97.3 %`; where nothing makes probabilities of scores, `score 3.575`.
  static func answer(_ probability: Float?, score: Float?) -> String {
    guard let probability else { return "score \(score.map { Double($0).fixed(3) } ?? "?")" }
    guard !probability.isNaN else { return "? %" }
    return percentText(Double(probability))
  }
}
