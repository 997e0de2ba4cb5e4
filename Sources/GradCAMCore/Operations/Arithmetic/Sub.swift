/// y = a − b, broadcasting.
struct Sub: BroadcastingOperation {
  let kind = "sub"
  var takesWeights: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { .ends(inputs[0], inputs[1], -) }
  var term: ElementaryTerm? { .difference }
  var isAffine: Bool { true }
  func isAffine(inInput position: Int) -> Bool { true }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], to: shape, threads: context.threads) { a, b in a - b }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let negative = wanted[1] ? dy.map(threads: context.threads) { gradient, _ in -gradient } : nil
    return [
      wanted[0] ? dy.summed(to: saved.inputShapes[0], threads: context.threads) : nil,
      negative?.summed(to: saved.inputShapes[1], threads: context.threads),
    ]
  }
}
