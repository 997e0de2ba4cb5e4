/// 1 where something holds of the elements of two inputs that broadcast to one shape, else 0. No gradient passes.
protocol Comparison: BroadcastingOperation, FlatOperation {
  static func holds(_ a: Float, _ b: Float) -> Bool
}

extension Comparison {
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { 0...1 }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let shape = checkedShape(of: inputs.map(\.shape))
    return Broadcast.map(inputs[0], inputs[1], to: shape, threads: context.threads) { a, b in Self.holds(a, b) ? 1 : 0 }
  }
}
