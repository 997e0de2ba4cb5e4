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
    guard let least = map.values.min(), let most = map.values.max(), least != most else { return .constant }
    return most > 0 || keepsNegative ? .ok : .allNegative
  }

  /// What is wrong before any map is made: a cause of what the map will look like; nil where nothing is.
  ///
  /// - Parameters:
  ///   - isSaturated: whether the differentiated output is at its bound.
  ///   - followsGradient: whether the map is nothing without a gradient.
  static func cause(_ evidence: Evidence, isSaturated: Bool, followsGradient: Bool) -> Verdict? {
    let finite = { (tensor: Tensor) in tensor.withElements { $0.allSatisfy(\.isFinite) } }
    guard finite(evidence.activations), finite(evidence.gradients) else { return .notFinite }
    guard followsGradient else { return nil }
    if isSaturated { return .saturated }
    return evidence.gradients.withElements { $0.allSatisfy { $0 == 0 } } ? .zeroGradient : nil
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
