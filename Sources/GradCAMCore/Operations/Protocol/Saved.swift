/// Values that a backward pass needs.
struct Kept: OptionSet, Sendable {
  let rawValue: Int

  static let inputs = Kept(rawValue: 1)
  static let output = Kept(rawValue: 2)
}

/// What a forward pass left for the backward pass.
struct Saved {
  var inputShapes: [Shape]
  /// The inputs, where the operation keeps them; else empty.
  var inputs: [Tensor] = []
  /// The output, where the operation keeps it.
  var output: Tensor?

  /// The kept output. Its absence is a bug of the session's.
  var keptOutput: Tensor {
    guard let output else { preconditionFailure("the operation keeps its output") }
    return output
  }

  /// The gradients of a sum of all inputs, which broadcast to the output.
  func gradientsOfSum(_ dy: Tensor, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    zip(inputShapes, wanted).map { shape, wanted in
      wanted ? dy.summed(to: shape, threads: context.threads) : nil
    }
  }
}
