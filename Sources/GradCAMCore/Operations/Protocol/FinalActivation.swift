/// What makes shares, from 0 to 1, of a network's scores.
public enum FinalActivation: String, Sendable, Hashable, Codable, CaseIterable {
  /// Nothing: the scores are no logits of shares.
  case none
  /// Every class has a share of its own.
  case sigmoid
  /// The classes share out one whole.
  case softmax

  /// The shares that an image's scores stand for; nil where nothing makes shares of them.
  func shares(of scores: [Float]) -> [Float]? {
    switch self {
    case .none: nil
    case .sigmoid: scores.map(Sigmoid.value)
    case .softmax: Softmax.values(of: scores)
    }
  }
}
