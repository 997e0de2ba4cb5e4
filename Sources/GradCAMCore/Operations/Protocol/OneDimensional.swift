import ModelFormats

/// A two-dimensional operation over sequences: N C L is seen as N C 1 L (PyTorch's `Conv1d`, `MaxPool1d`).
struct OneDimensional: Operation {
  private(set) var operation: any Operation
  let kind: String

  /// - Parameter operation: with one input and one output of feature maps, whose height it leaves at 1: kernels of 1 × S.
  init(_ operation: any Operation) {
    self.operation = operation
    kind = operation.kind.hasSuffix("2d") ? operation.kind.dropLast(2) + "1d" : operation.kind
  }

  var parameterCount: Int { operation.parameterCount }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    var copy = self
    copy.operation = operation.replacingParameters(replace)
    return copy
  }
  var keeps: Kept { operation.keeps }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    guard inputs[0].rank == 3 else {
      throw InputError("", "takes a batch of sequences (N C L), not the shape \(inputs[0])")
    }
    let shape = try operation.outputShape(of: [raised(inputs[0])])
    guard shape.isFeatureMap, shape.h == 1 else {
      throw InputError("", "makes more of a sequence \(inputs[0]) than a sequence")
    }
    return Shape(shape.n, shape.c, shape.w)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let y = operation.forward([raised(inputs[0], context)], context)
    return y.reshaped(to: Shape(y.shape.n, y.shape.c, y.shape.w), threads: context.threads)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let inner = Saved(
      inputShapes: saved.inputShapes.map(raised), inputs: saved.inputs.map { raised($0, context) },
      output: saved.output.map { raised($0, context) })
    return operation.backward(raised(dy, context), inner, wanted: wanted, context).map {
      $0?.reshaped(to: saved.inputShapes[0], threads: context.threads)
    }
  }

  /// What the operation says of sequences as feature maps of one row.
  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    let maps = inputs.map { layout in
      layout.map { Layout([$0.axes[0], $0.axes[1], Layout.Axis([]), $0.axes[2]], rows: $0.rows, columns: $0.columns) }
    }
    let result = operation.layout(of: maps, shapes.map(raised), raised(output))
    return result.map { Layout([$0.axes[0], $0.axes[1], $0.axes[3]], rows: $0.rows, columns: $0.columns) }
  }

  func multiplyAdds(of inputs: [Shape]) -> Int {
    inputs.allSatisfy { $0.rank == 3 } ? operation.multiplyAdds(of: inputs.map(raised)) : 0
  }

  private func raised(_ shape: Shape) -> Shape { Shape(shape[0], shape[1], 1, shape[2]) }

  private func raised(_ x: Tensor, _ context: ExecutionContext) -> Tensor {
    x.reshaped(to: raised(x.shape), threads: context.threads)
  }
}
