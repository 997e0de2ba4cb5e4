public import ModelFormats

/// y = a·b, broadcasting: a gate on channels (squeeze-and-excitation), a scale.
public struct Mul: Operation, WritingOperation {
  public let kind = "mul"
  public var keeps: Kept { .inputs }

  public init() {}

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    return try broadcastShape(inputs)
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let shape = checkedShape(of: inputs.map(\.shape))
    Broadcast.write(inputs[0], inputs[1], to: output, shape, threads: context.threads) { a, b in a * b }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let (a, b) = (saved.inputs[0], saved.inputs[1])
    return [
      wanted[0] ? gradient(outputGradient, by: b, to: a.shape, context) : nil,
      wanted[1] ? gradient(outputGradient, by: a, to: b.shape, context) : nil,
    ]
  }

  private func gradient(_ dy: Tensor, by factor: Tensor, to shape: Shape, _ context: ExecutionContext) -> Tensor {
    Broadcast.map(dy, factor, to: dy.shape, threads: context.threads) { dy, factor in dy * factor }
      .summed(to: shape, threads: context.threads)
  }
}
