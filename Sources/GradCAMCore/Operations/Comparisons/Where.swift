/// y = a where the condition is not 0, else b; the three broadcast to one shape. The condition gets no gradient.
struct Where: BroadcastingOperation {
  let kind = "where"
  var hasKinks: Bool { true }
  var inputCount: Int? { 3 }
  var keeps: Kept { .inputs }
  var attentionPart: AttentionPart? { .passes }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], inputs[2], to: shape, threads: context.threads) { condition, a, b in
      condition != 0 ? a : b
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let condition = saved.inputs[0]
    let passed = { (chosen: Bool, input: Shape) in
      Broadcast.map(dy, condition, to: dy.shape, threads: context.threads) {
        gradient, condition in
        (condition != 0) == chosen ? gradient : 0
      }.summed(to: input, threads: context.threads)
    }
    return [
      wanted[0] ? Tensor(repeating: 0, condition.shape) : nil,
      wanted[1] ? passed(true, saved.inputShapes[1]) : nil,
      wanted[2] ? passed(false, saved.inputShapes[2]) : nil,
    ]
  }
}
