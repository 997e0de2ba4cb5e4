public import ModelFormats

/// y = max(x, 0). A NaN stays one and lets the gradient through; the gradient at 0 is 0, as in PyTorch.
public struct ReLU: Operation {
  public let kind = "ReLU"
  public var keeps: Kept { .output }

  public init() {}

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { x, _ in x < 0 ? 0 : x }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    [outputGradient.map(saved.keptOutput, threads: context.threads) { gradient, y in y <= 0 ? 0 : gradient }]
  }
}
