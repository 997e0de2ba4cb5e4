import ModelFormats

/// Another type's values, as floats: PyTorch's `to`. No gradient passes.
struct Cast: FlatOperation, AxisKeepingOperation {
  /// What numbers become: whole ones (cut off towards 0), or 1 where they are not 0.
  enum Target: Sendable { case integer, boolean }

  let kind = "to"
  let target: Target

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInput(inputs)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    switch target {
    case .integer: inputs[0].map(threads: context.threads) { x, _ in x.rounded(.towardZero) }
    case .boolean: inputs[0].map(threads: context.threads) { x, _ in x == 0 ? 0 : 1 }
    }
  }
}
