public import ModelFormats

/// Every `step`-th index from `start` up to `end` along some logical axes (`x[:, :, ::2, ::2]`).
public struct Slice: Operation {
  /// What is taken along one axis. Both ends count from the end of the axis where they are negative, as in Python.
  public struct Range: Sendable {
    public var axis: Int
    public var start: Int
    public var end: Int
    public var step: Int

    public init(axis: Int, start: Int = 0, end: Int = .max, step: Int = 1) {
      (self.axis, self.start, self.end, self.step) = (axis, start, end, step)
    }
  }

  public let kind = "slice"
  let ranges: [Range]

  public init(_ ranges: [Range]) { self.ranges = ranges }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    var shape = inputs[0]
    var sliced: Set<Int> = []
    for range in ranges {
      let axis = shape.axis(range.axis)
      guard shape.dimensions.indices.contains(axis), range.step >= 1 else {
        throw InputError("", "slices axis \(range.axis) of \(inputs[0]) in steps of \(range.step)")
      }
      guard sliced.insert(axis).inserted else { throw InputError("", "slices axis \(range.axis) twice") }
      let (start, end) = bounds(range, inputs[0][axis])
      shape[axis] = start < end ? (end - start - 1) / range.step + 1 : 0
    }
    return shape
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let shape = checkedShape(of: [x.shape])
    let (offset, axes) = view(of: x.shape, shape)
    return Tensor(shape) { StridedCopy.copy(axes, from: x.elements + offset, to: $0) }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let input = saved.inputShapes[0]
    let (offset, axes) = view(of: input, outputGradient.shape)
    let back = axes.map { StridedCopy.Axis(size: $0.size, source: $0.target, target: $0.source) }
    let gradient = Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      StridedCopy.copy(back, from: outputGradient.elements, to: target + offset)
    }
    return [gradient]
  }

  private func bounds(_ range: Range, _ size: Int) -> (start: Int, end: Int) {
    let place = { (index: Int) in min(max(index < 0 ? index + size : index, 0), size) }
    return (place(range.start), place(range.end))
  }

  /// The output as a view of the input: the first element's offset, and the axes from input to output.
  private func view(of input: Shape, _ output: Shape) -> (offset: Int, axes: [StridedCopy.Axis]) {
    var strides = StoredAxis.strides(input)
    let targets = StoredAxis.strides(output)
    var offset = 0
    for range in ranges {
      let axis = input.axis(range.axis)
      offset += bounds(range, input[axis]).start * strides[axis]
      // A step beyond the axis takes one index, however long it is.
      strides[axis] *= min(range.step, max(input[axis], 1))
    }
    let axes = StoredAxis.storedOrder(output).map {
      StridedCopy.Axis(size: output[$0], source: strides[$0], target: targets[$0])
    }
    return (output.count == 0 ? 0 : offset, axes)
  }
}
