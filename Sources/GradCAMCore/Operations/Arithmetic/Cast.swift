import ModelFormats

/// Another type's values, as floats: PyTorch's `to`. Only a change to another floating-point type lets gradients through.
struct Cast: Operation {
  /// What numbers become: themselves, whole ones (cut off towards 0), or 1 where they are not 0.
  enum Target: Sendable { case float, integer, boolean }

  let kind = "to"
  let target: Target

  init(to target: Target) { self.target = target }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    switch target {
    case .float: inputs[0]
    case .integer: inputs[0].map(threads: context.threads) { x, _ in x.rounded(.towardZero) }
    case .boolean: inputs[0].map(threads: context.threads) { x, _ in x == 0 ? 0 : 1 }
    }
  }

  func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { target == .float ? [outputGradient] : saved.zeroGradients(wanted: wanted) }
}
