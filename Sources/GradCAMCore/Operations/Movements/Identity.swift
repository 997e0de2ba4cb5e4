import ModelFormats

/// y = x: PyTorch's `Identity`, an empty `Sequential`, and `Dropout` at inference.
struct Identity: AxisKeepingOperation {
  let kind: String
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }
  var keepsPositions: Bool { true }
  var attentionPart: AttentionPart? { .passes }
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  init(kind: String = "Identity") { self.kind = kind }

  /// `Dropout` at inference.
  static let dropout = Identity(kind: "Dropout")

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInput(inputs)
  }

  func movement(_ input: Shape, _ output: Shape) -> Movement? { Movement() }

  func turned(_ inputs: [Shape]) -> (any Operation)? { self }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor { inputs[0] }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] { [dy] }
}
