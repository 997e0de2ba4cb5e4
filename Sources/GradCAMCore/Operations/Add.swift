public import ModelFormats

/// y = a + b for two inputs of one shape: a residual connection.
public struct Add: Operation {
  public let kind = "add"

  public init() {}

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    guard inputs[0] == inputs[1] else { throw InputError("", "adds \(inputs[0]) to \(inputs[1])") }
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(inputs[1], threads: context.threads) { $0 + $1 }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { [outputGradient, outputGradient] }
}
