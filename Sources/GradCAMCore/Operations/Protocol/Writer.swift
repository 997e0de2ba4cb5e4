/// What computes a value into memory that it is given.
protocol Writer: Sendable {
  /// Writes all of the output, in stored order, for inputs of shapes that were checked.
  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext)
}
