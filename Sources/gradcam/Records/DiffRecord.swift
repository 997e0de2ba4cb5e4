import GradCAMCore

/// Of `diff`: what the new model says of an image whose record is otherwise the old one's.
struct DiffRecord: Codable, Sendable {
  /// The new model's file, and its digests, as those of the old one.
  var model: String
  @OrNull var modelDigest: String?
  var modelDataDigest: String?
  var preprocess: String
  /// The class that each model is surest of, by the old one's numbers; null where it gives no answer: its scores are not finite.
  @OrNull var topOld: ClassInBoth?
  @OrNull var topNew: ClassInBoth?
  /// Whether these are two, or one is missing.
  var changed: Bool

  private enum CodingKeys: String, CodingKey {
    case model, preprocess, changed
    case modelDigest = "model_sha256"
    case modelDataDigest = "model_data_sha256"
    case topOld = "top_old"
    case topNew = "top_new"
  }
}

/// A class, and how sure both models are of it; null where that is not known.
struct ClassInBoth: Codable, Sendable {
  var index: Int
  @OrNull var label: String?
  @OrNull var old: Certainty?
  @OrNull var new: Certainty?

  struct Certainty: Codable, Sendable {
    @OrNull var probability: Float?
    @OrNull var logit: Float?

    init(probability: Float?, logit: Float?) {
      self.probability = probability.flatMap { $0.isFinite ? $0 : nil }
      self.logit = logit.flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The label, or the number of a class that has none.
  var name: String { label ?? "class \(index)" }
}

/// Of `diff`: the new model's map, and how alike the two are.
struct MapDiffRecord: Codable, Sendable {
  var layer: String
  @OrNull var score: Float?
  var mapShape: [Int]
  @OrNull var mapMin: Float?
  @OrNull var mapMax: Float?
  var verdict: String
  /// Whether one of the maps holds what is no finite number: nothing is defined then.
  var notFinite: Bool
  /// Which of the maps has one value everywhere: `old`, `new`, `both` or `none`.
  var constant: String
  /// Which of the maps has nothing above 0: the same words.
  var empty: String
  /// Null where they are not defined.
  @OrNull var rank: Double?
  @OrNull var ssim: Double?
  @OrNull var overlap: Double?
  @OrNull var shift: Double?
  @OrNull var shiftShare: Double?

  private enum CodingKeys: String, CodingKey {
    case layer, score, verdict, constant, empty, rank, ssim, overlap, shift
    case mapShape = "map_shape"
    case mapMin = "map_min"
    case mapMax = "map_max"
    case notFinite = "not_finite"
    case shiftShare = "shift_share"
  }

  /// What is not of the new map itself, which is to be filled in.
  init(_ comparison: MapComparison, layer: String, verdict: String) {
    (self.layer, self.verdict, mapShape) = (layer, verdict, [])
    notFinite = !comparison.isFinite
    constant = Self.which(comparison.isOldConstant, comparison.isNewConstant)
    empty = Self.which(comparison.isOldEmpty, comparison.isNewEmpty)
    func known(_ figure: ComparisonFigure) -> Double? { comparison[figure].isFinite ? comparison[figure] : nil }
    (rank, ssim, overlap) = (known(.rank), known(.ssim), known(.overlap))
    (shift, shiftShare) = (known(.shift), known(.shiftShare))
  }

  private static func which(_ old: Bool, _ new: Bool) -> String {
    switch (old, new) {
    case (true, true): "both"
    case (true, false): "old"
    case (false, true): "new"
    case (false, false): "none"
    }
  }

  /// Whether a figure is not defined of either map alone: both are blank, and do not differ in it.
  func isBlankInBoth(_ figure: ComparisonFigure) -> Bool {
    !notFinite && (figure.isOfOrder ? constant : empty) == "both"
  }

  /// What keeps figures from being defined, in words; nil where nothing does.
  var fault: String? {
    func words(_ which: String, _ kind: String) -> String {
      which == "both" ? "both maps \(kind)" : "\(which) map \(kind)"
    }
    if notFinite { return "not finite" }
    if constant != "none" { return words(constant, "constant") }
    return empty == "none" ? nil : words(empty, "without evidence")
  }

  /// A figure's value; nil where it is not defined.
  subscript(figure: ComparisonFigure) -> Double? {
    switch figure {
    case .rank: rank
    case .ssim: ssim
    case .overlap: overlap
    case .shift: shift
    case .shiftShare: shiftShare
    }
  }

  /// By what maps are listed: the least first. A map that cannot be compared with its other is worst, as is one beside a blank one; two
  /// maps without any order do not differ in it.
  var worth: Double {
    let isOneEmpty = empty == "old" || empty == "new"
    guard let rank, !isOneEmpty else { return isBlankInBoth(.rank) && !isOneEmpty ? 2 : -2 }
    return rank
  }
}
