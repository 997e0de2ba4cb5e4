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

  /// The first that applies, causes before symptoms.
  ///
  /// - Parameters:
  ///   - map: before any ReLU.
  ///   - isSaturated: whether the differentiated output is at its bound.
  static func of(_ evidence: LayerEvidence, map: Heatmap, isSaturated: Bool) -> Verdict {
    let finite = { (tensor: Tensor) in tensor.withElements { $0.allSatisfy(\.isFinite) } }
    guard finite(evidence.activations), finite(evidence.gradients), map.values.allSatisfy(\.isFinite) else {
      return .notFinite
    }
    if isSaturated { return .saturated }
    if evidence.gradients.withElements({ $0.allSatisfy { $0 == 0 } }) { return .zeroGradient }
    guard let least = map.values.min(), let most = map.values.max(), least != most else { return .constant }
    return most > 0 ? .ok : .allNegative
  }

  /// What the verdict means, for a warning; nil for `ok`.
  public var explanation: String? {
    switch self {
    case .ok: nil
    case .allNegative: "nothing in the layer speaks for this class; the map is zero everywhere"
    case .constant: "the map has the same value everywhere and points nowhere"
    case .zeroGradient: "the score does not depend on the layer; the map is zero everywhere"
    case .saturated: "the output is at its bound in float32, where its gradient vanishes"
    case .notFinite: "the layer holds NaN or infinite values"
    }
  }
}
