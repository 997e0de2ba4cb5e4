public import ModelFormats

/// ONNX's Tile: the whole input again and again along each axis.
public struct Tile: Operation {
  public let kind = "tile"
  let repeats: [Int]

  /// - Parameter repeats: one number an axis.
  public init(_ repeats: [Int]) { self.repeats = repeats }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    guard inputs[0].rank == repeats.count else {
      throw InputError("", "repeats \(repeats.count) axes, not the shape \(inputs[0])")
    }
    try expectSizes(repeats, atLeast: 0, "a repetition")
    _ = try inputs[0].expectingMemory()
    return try Shape(zip(inputs[0].dimensions, repeats).map { $0 * $1 }).expectingMemory()
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
    let gradient = Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      StridedCopy.add(back, from: outputGradient.elements, to: target, threads: context.threads)
    }
    return [gradient]
  }

  /// Every axis as two: the repetitions, which stand still in the input, and the input's own.
  private func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] {
    let (sources, targets) = (StoredAxis.strides(input), StoredAxis.strides(output))
    return input.dimensions.indices.flatMap { axis in
      [
        StridedCopy.Axis(size: repeats[axis], source: 0, target: input[axis] * targets[axis]),
        StridedCopy.Axis(size: input[axis], source: sources[axis], target: targets[axis]),
      ]
    }
  }
}
