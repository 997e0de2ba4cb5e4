/// What all methods take from whoever asks for them.
public struct MethodSettings: Sendable {
  /// Where random numbers begin.
  public var seed: UInt64 = 0
  /// How many samples a sampling method draws; nil for the method's own number.
  public var samples: Int?
  /// How many perturbed images or activations go through the network at once; nil for what memory suggests.
  public var batch: Int?
  /// Seconds after which a sampling method draws no further batch.
  public var budget: Double?
  /// Whether weighted activations are joined by their first principal component in the place of their sum.
  public var smoothsByEigenvector = false
  /// Whether negative evidence is kept.
  public var isSigned = false
  /// Whose formulas and scaling to use; nil for the papers'.
  public var compat: PeerLibrary?
  /// How the heads of an attention become one, of methods that roll attention out; nil for their mean.
  public var headFusion: HeadFusion?
  /// The share of each attention's least elements that is left out, from 0 to below 1, of such methods; nil for none.
  public var discardRatio: Double?
  /// Whether closed forms and resumed passes may stand in for passes of the whole network.
  public var usesShortcuts = true

  /// Every method's own.
  public init() {}

  /// `batch`, else as many as keep one tensor of the batch below 16 MB, at most `limit`.
  func batch(of elements: Int, limit: Int) -> Int { batch ?? max(1, min(limit, (4 << 20) / max(elements, 1))) }
}
