import ModelFormats

/// y = a − b, broadcasting.
struct Sub: Operation {
  let kind = "sub"
  var isAffine: Bool { true }
  func isAffine(inInput position: Int) -> Bool { true }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    return try broadcastShape(inputs)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], to: shape, threads: context.threads) { a, b in a - b }
  }

  func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    [
      wanted[0] ? outputGradient.summed(to: saved.inputShapes[0], threads: context.threads) : nil,
      wanted[1]
        ? Sub.negative(outputGradient, context).summed(to: saved.inputShapes[1], threads: context.threads) : nil,
    ]
  }

  private static func negative(_ gradient: Tensor, _ context: ExecutionContext) -> Tensor {
    gradient.map(threads: context.threads) { gradient, _ in -gradient }
  }
}
