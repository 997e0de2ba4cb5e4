import Glibc

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

  /// One class's share in double precision, where what is left of one close to 1 is not rounded away; nil where nothing makes shares.
  func share(of index: Int, in scores: [Float]) -> Double? {
    let score = Double(scores[index])
    switch self {
    case .none: return nil
    case .sigmoid: return 1 / (1 + exp(-score))
    case .softmax:
      let most = scores.reduce(score) { max($0, Double($1)) }
      return exp(score - most) / scores.reduce(0) { $0 + exp(Double($1) - most) }
    }
  }
}
