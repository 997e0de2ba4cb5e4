import ModelFormats

/// y = a + b, broadcasting: a residual connection, a bias.
struct Add: Operation, WritingOperation {
  let kind = "add"
  var isAffine: Bool { true }
  func isAffine(inInput position: Int) -> Bool { true }
  var fusionPart: FusionPart? { .addition }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    return try broadcastShape(inputs)
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let shape = checkedShape(of: inputs.map(\.shape))
    if inputs[0].shape == inputs[1].shape {
      return parallelFor(shape.count, blockSize: 1 << 13, threads: context.threads) { range, _ in
        let start = range.lowerBound
        ConvolutionEpilogue(residual: inputs[1].elements + start).apply(
          inputs[0].elements + start, to: output + start, rows: 1, channels: range.count, context.kernels)
      }
    }
    Broadcast.write(inputs[0], inputs[1], to: output, shape, threads: context.threads) { a, b in a + b }
  }

  func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    [
      wanted[0] ? outputGradient.summed(to: saved.inputShapes[0], threads: context.threads) : nil,
      wanted[1] ? outputGradient.summed(to: saved.inputShapes[1], threads: context.threads) : nil,
    ]
  }
}
