/// An operation whose output has the input's elements in the same logical order under another shape.
protocol ReshapingOperation: Operation {}

extension ReshapingOperation {
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? { inputs[0]?.reshaped(to: output) }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] { [needs] }

  func movement(_ input: Shape, _ output: Shape) -> Movement? { Movement() }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].reshaped(to: checkedShape(of: [inputs[0].shape]), threads: context.threads)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    [dy.reshaped(to: saved.inputShapes[0], threads: context.threads)]
  }
}
