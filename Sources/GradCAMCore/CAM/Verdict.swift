/// What a map is worth.
public enum Verdict: String, Sendable, CaseIterable {
  case ok
  /// Nothing speaks for the class: the map is zero.
  case allNegative = "all-negative"
  /// What speaks for the class is next to nothing beside what speaks against it: the map may be noise.
  case faint
  /// The same value everywhere: the map points nowhere.
  case constant
  /// The score does not depend on the layer.
  case zeroGradient = "zero-gradient"
  /// The differentiated output is at 0 or 1 in float32, where its gradient vanishes.
  case saturated
  /// A NaN or an infinity in the activations, the gradients or the map.
  case notFinite = "not-finite"

  /// A map is faint below this share of its strongest positive evidence in its strongest negative.
  ///
  /// Chosen by `Scripts/measure_verdicts.py`: the README has the measurement.
  public static let faintShare: Float = 1 / 20

  /// The first that applies to a map.
  ///
  /// - Parameters:
  ///   - map: before any ReLU.
  ///   - keepsNegative: whether negative values are evidence, too.
  ///   - knowsClass: whether values speak for or against a class at all: what does not is never faint.
  static func of(_ map: Heatmap, keepsNegative: Bool, knowsClass: Bool = true) -> Verdict {
    guard map.values.allSatisfy(\.isFinite) else { return .notFinite }
    guard let least = map.values.min(), let most = map.values.max() else { return .constant }
    if most < 0 && !keepsNegative { return .allNegative }
    // Sums of the same numbers in another order differ by their rounding.
    if most - least <= 1e-6 * max(most, -least) { return .constant }
    if keepsNegative { return .ok }
    guard most > 0 else { return .allNegative }
    return knowsClass && most < -least * faintShare ? .faint : .ok
  }

  /// What is wrong before any map is made: a cause of what the map will look like; nil where nothing is.
  ///
  /// - Parameter needs: of the method. Gradients count for those that ask for them, and a vanished one only for those that have
  ///   nothing else to go by.
  static func cause(_ evidence: Evidence, needs: MethodNeeds) -> Verdict? {
    guard evidence.activations.isFinite else { return .notFinite }
    guard needs.contains(.gradients) else { return nil }
    guard evidence.gradients.isFinite else { return .notFinite }
    guard !needs.contains(.forwardPasses) else { return nil }
    if evidence.isSaturated { return .saturated }
    return evidence.gradients.isZero ? .zeroGradient : nil
  }

  /// What the verdict means of a map in a mode, for a warning; nil for `ok`.
  public func explanation(_ mode: MapQuestion.Mode = .evidenceFor) -> String? {
    switch self {
    case .ok: nil
    case .allNegative: "nothing in the layer speaks \(mode.claim); the map is zero everywhere"
    case .faint:
      "the strongest evidence \(mode.claim) is less than a twentieth of the strongest \(mode.counterclaim), and may be noise"
    case .constant: "the map has the same value everywhere and points nowhere"
    case .zeroGradient: "the score does not depend on the layer, and the map says nothing of it"
    case .saturated: "the output is at its bound in float32, where its gradient vanishes"
    case .notFinite: "the layer holds NaN or infinite values"
    }
  }
}

extension Evidence {
  /// Whether all outputs that the score is made of are exactly 0 or 1, the bounds of a sigmoid and a softmax.
  var isSaturated: Bool {
    guard score.point == .output, ending.output == .shares else { return false }
    return zip(outputs.values, score.weights).allSatisfy { $1 == 0 || $0 == 0 || $0 == 1 }
  }

  /// What to say where nothing that was tried moved the score.
  var indifference: Verdict { isSaturated ? .saturated : .zeroGradient }

  /// What the scores of perturbed inputs or activations say of the map that they weigh; nil where they differ. Where all are the same
  /// the map shows the perturbations and nothing else.
  ///
  /// - Parameter isVaried: whether the perturbations themselves differ.
  func verdict(ofScores scores: [Float], isVaried: Bool) -> Verdict? {
    guard let first = scores.first, scores.count > 1, scores.allSatisfy({ $0 == first }) else { return nil }
    return isVaried ? indifference : .constant
  }
}
