/// y = a + b, broadcasting: a residual connection, a bias.
struct Add: BroadcastingOperation, WritingOperation {
  let kind = "add"
  var takesWeights: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { .ends(inputs[0], inputs[1], +) }
  var term: ElementaryTerm? { .sum }
  var isAffine: Bool { true }
  func isAffine(inInput position: Int) -> Bool { true }
  var fusionPart: FusionPart? { .addition }

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

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    saved.gradientsOfSum(dy, wanted: wanted, context)
  }
}
