/// What computes a value into memory that it is given: what a program can find a place for before it runs.
protocol Writer: Sendable {
  /// Writes all of the output, in stored order, for inputs of shapes that were checked.
  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext)

  /// Floats that each thread needs meanwhile, where they may be many; kept by the session.
  var scratch: Int { get }

  /// The algorithm's name, where there is more than one.
  var algorithm: String? { get }

  /// The heaviest part of the work, without what is joined to it, by each algorithm that can do it; for measurements.
  var alternatives: [any Writer] { get }
}

extension Writer {
  var scratch: Int { 0 }
  var algorithm: String? { nil }
  var alternatives: [any Writer] { [] }
}

/// An operation that is a writer.
protocol WritingOperation: Operation, Writer {}

extension WritingOperation {
  var writer: (any Writer)? { self }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    Tensor(checkedShape(of: inputs.map(\.shape))) { forward(inputs, to: $0, context) }
  }
}
