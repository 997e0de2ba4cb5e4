/// The sum of any number of inputs, broadcasting.
struct Sum: BroadcastingOperation {
  let kind = "sum"
  var inputCount: Int? { nil }
  var isAffine: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    inputs.dropFirst().reduce(inputs[0]) { .ends($0, $1, +) }
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return inputs.dropFirst().reduce(inputs[0]) { sum, next in
      Broadcast.map(sum, next, to: shape, threads: context.threads) { $0 + $1 }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    saved.gradientsOfSum(dy, wanted: wanted, context)
  }
}
