public import ModelFormats

/// y = a + b, broadcasting: a residual connection, a bias.
public struct Add: Operation {
  public let kind = "add"

  public init() {}

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    return try broadcastShape(inputs)
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], to: shape, threads: context.threads) { a, b in a + b }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    [
      wanted[0] ? outputGradient.summed(to: saved.inputShapes[0], threads: context.threads) : nil,
      wanted[1] ? outputGradient.summed(to: saved.inputShapes[1], threads: context.threads) : nil,
    ]
  }
}
