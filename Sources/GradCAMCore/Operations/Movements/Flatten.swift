public import ModelFormats

/// PyTorch's `Flatten`: the axes from `start` on become one, in logical order.
public struct Flatten: Operation {
  public let kind = "Flatten"
  let start: Int

  public init(start: Int = 1) { self.start = start }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let x = inputs[0].dimensions
    guard start >= 0, start < max(x.count, 1) else {
      throw InputError("", "flattens from axis \(start), which \(inputs[0]) does not have")
    }
    return Shape(Array(x[..<start]) + [x[start...].reduce(1, *)])
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: [inputs[0].shape])
    return inputs[0].reshaped(to: shape, threads: context.threads)
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { [outputGradient.reshaped(to: saved.inputShapes[0], threads: context.threads)] }
}
