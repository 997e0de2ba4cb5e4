public import ModelFormats

/// ONNX's Expand: the input repeated along axes of size 1, and along new ones in front, as broadcasting does.
public struct Expand: Operation {
  public let kind = "expand"
  let target: Shape

  /// - Parameter shape: sizes to broadcast the input with; 1 leaves its own.
  public init(_ shape: [Int]) { target = Shape(shape) }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    guard let shape = inputs[0].broadcast(with: target) else {
      throw InputError("", "cannot expand \(inputs[0]) to \(target)")
    }
    return try shape.expectingMemory()
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

  private func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] {
    let (sources, targets) = (StoredAxis.strides(input), StoredAxis.strides(output))
    let new = output.rank - input.rank
    return output.dimensions.indices.map { axis in
      let repeats = axis < new || input[axis - new] == 1
      return StridedCopy.Axis(size: output[axis], source: repeats ? 0 : sources[axis - new], target: targets[axis])
    }
  }
}
