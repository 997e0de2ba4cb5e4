/// What a map is worth.
public enum Verdict: String, Sendable, CaseIterable {
  case ok
  /// Nothing speaks for the class: the map is zero.
  case allNegative = "all-negative"
  /// The same value everywhere: the map points nowhere.
  case constant
  /// The score does not depend on the layer.
  case zeroGradient = "zero-gradient"
  /// The differentiated output is at 0 or 1 in float32, where its gradient vanishes.
  case saturated
  /// A NaN or an infinity in the activations, the gradients or the map.
  case notFinite = "not-finite"

  /// The first that applies to a map.
  ///
  /// - Parameters:
  ///   - map: before any ReLU.
  ///   - keepsNegative: whether negative values are evidence, too.
  static func of(_ map: Heatmap, keepsNegative: Bool) -> Verdict {
    guard map.values.allSatisfy(\.isFinite) else { return .notFinite }
    guard let least = map.values.min(), let most = map.values.max() else { return .constant }
    if most < 0 && !keepsNegative { return .allNegative }
    // Sums of the same numbers in another order differ by their rounding.
    if most - least <= 1e-6 * max(most, -least) { return .constant }
    return most > 0 || keepsNegative ? .ok : .allNegative
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

  /// What the verdict means, for a warning; nil for `ok`.
  public var explanation: String? {
    switch self {
    case .ok: nil
    case .allNegative: "nothing in the layer speaks for this class; the map is zero everywhere"
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
