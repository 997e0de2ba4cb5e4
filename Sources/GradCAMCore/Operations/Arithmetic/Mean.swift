/// The mean of any number of inputs, broadcasting.
struct Mean: BroadcastingOperation {
  let kind = "mean"
  var inputCount: Int? { nil }
  var isAffine: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { .hull(inputs) }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let count = Float(inputs.count)
    return Sum().forward(inputs, context).map(threads: context.threads) { sum, _ in sum / count }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let count = Float(saved.inputShapes.count)
    let share = dy.map(threads: context.threads) { gradient, _ in gradient / count }
    return saved.gradientsOfSum(share, wanted: wanted, context)
  }
}
