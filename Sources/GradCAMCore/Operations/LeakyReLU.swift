public import ModelFormats

/// y = x where x > 0, else slope·x; the gradient at 0 is the slope, as in PyTorch.
public struct LeakyReLU: Operation {
  public let kind = "LeakyReLU"
  let slope: Float
  public var keeps: Kept { .inputs }

  public init(slope: Float = 0.01) { self.slope = slope }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { [slope] x, _ in x > 0 ? x : slope * x }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    [
      outputGradient.map(saved.inputs[0], threads: context.threads) { [slope] gradient, x in
        x > 0 ? gradient : slope * gradient
      }
    ]
  }
}
