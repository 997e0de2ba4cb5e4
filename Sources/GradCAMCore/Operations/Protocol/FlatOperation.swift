/// An operation that is flat wherever it has a slope (rounding, signs, truth values): no gradient passes it.
protocol FlatOperation: Operation {}

extension FlatOperation {
  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    zip(saved.inputShapes, wanted).map { shape, wanted in wanted ? Tensor(repeating: 0, shape) : nil }
  }
}
