public import ModelFormats

/// PyTorch's `permute`: axis i of the output is axis `permutation[i]` of the input.
public struct Transpose: Operation {
  public let kind = "permute"
  let permutation: [Int]?

  /// - Parameter permutation: every axis once, from the end where negative; nil turns their order round, as ONNX's Transpose does.
  public init(_ permutation: [Int]? = nil) { self.permutation = permutation }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let order = order(inputs[0])
    guard order.sorted() == Array(inputs[0].dimensions.indices) else {
      throw InputError("", "permutes the axes of \(inputs[0]) by \(permutation ?? [])")
    }
    return Shape(order.map { inputs[0][$0] })
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let shape = checkedShape(of: [x.shape])
    return Tensor(shape) {
      StridedCopy.copy(axes(x.shape, shape), from: x.elements, to: $0, threads: context.threads)
    }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let back = axes(input, outputGradient.shape).map(\.reversed)
    return [Tensor(input) { StridedCopy.copy(back, from: outputGradient.elements, to: $0, threads: context.threads) }]
  }

  private func order(_ x: Shape) -> [Int] {
    permutation.map { $0.map { axis in axis < 0 && axis >= -x.rank ? axis + x.rank : axis } }
      ?? x.dimensions.indices.reversed()
  }

  private func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] {
    let (sources, targets) = (StoredAxis.strides(input), StoredAxis.strides(output))
    return order(input).enumerated().map { target, source in
      StridedCopy.Axis(size: input[source], source: sources[source], target: targets[target])
    }
  }
}
