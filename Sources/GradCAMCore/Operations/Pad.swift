public import ModelFormats

/// PyTorch's `pad` with a constant: `before` and `after` elements of `value` along every logical axis.
public struct Pad: Operation {
  public let kind = "pad"
  let before: [Int]
  let after: [Int]
  let value: Float

  /// - Precondition: one number an axis on either side, none negative.
  public init(before: [Int], after: [Int], value: Float = 0) {
    precondition(before.count == after.count && (before + after).allSatisfy { $0 >= 0 }, "an impossible padding")
    (self.before, self.after, self.value) = (before, after, value)
  }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    guard inputs[0].rank == before.count else {
      throw InputError("", "pads \(before.count) axes, not the shape \(inputs[0])")
    }
    return Shape(inputs[0].dimensions.indices.map { before[$0] + inputs[0][$0] + after[$0] })
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let shape = checkedShape(of: [x.shape])
    let (offset, axes) = view(of: shape, x.shape)
    return Tensor(shape) { target in
      target.update(repeating: value, count: shape.count)
      StridedCopy.copy(axes, from: x.elements, to: target + offset)
    }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let (offset, axes) = view(of: outputGradient.shape, input)
    let back = axes.map { StridedCopy.Axis(size: $0.size, source: $0.target, target: $0.source) }
    return [Tensor(input) { StridedCopy.copy(back, from: outputGradient.elements + offset, to: $0) }]
  }

  /// Where the input stands in the padded tensor: the first element's offset, and the axes from input to output.
  private func view(of padded: Shape, _ input: Shape) -> (offset: Int, axes: [StridedCopy.Axis]) {
    let targets = StoredAxis.strides(padded)
    let sources = StoredAxis.strides(input)
    let axes = StoredAxis.storedOrder(input).map {
      StridedCopy.Axis(size: input[$0], source: sources[$0], target: targets[$0])
    }
    return (input.count == 0 ? 0 : zip(before, targets).reduce(0) { $0 + $1.0 * $1.1 }, axes)
  }
}
