public import ModelFormats

/// y = x: PyTorch's `Identity`, an empty `Sequential`, and `Dropout` at inference.
public struct Identity: Operation {
  public let kind: String

  public init(kind: String = "Identity") { self.kind = kind }

  /// `Dropout` at inference.
  public static let dropout = Identity(kind: "Dropout")

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor { inputs[0] }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { [outputGradient] }
}
