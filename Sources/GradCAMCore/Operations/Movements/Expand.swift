import ModelFormats

/// ONNX's Expand: the input repeated along axes of size 1, and along new ones in front, as broadcasting does.
struct Expand: StridedMovement {
  let kind = "expand"
  let target: Shape
  var repeatsElements: Bool { true }
  var term: ElementaryTerm? { .repetition }
  /// Where nothing is repeated.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { input != nil && input?.count == output?.count }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  /// - Parameter shape: sizes to broadcast the input with; 1 leaves its own.
  init(_ shape: [Int]) { target = Shape(shape) }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    guard let shape = inputs[0].broadcast(with: target) else {
      throw InputError("", "cannot expand \(inputs[0]) to \(target)")
    }
    return try shape.expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? { .broadcasting(inputs, output) }

  func needs(_ needs: TokenNeeds, of inputs: [Layout?], _ shapes: [Shape]) -> [TokenNeeds] { [needs] }

  func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] {
    let (sources, targets) = (StoredAxis.strides(input), StoredAxis.strides(output))
    let new = output.rank - input.rank
    return output.dimensions.indices.map { axis in
      let repeats = axis < new || input[axis - new] == 1
      return StridedCopy.Axis(size: output[axis], source: repeats ? 0 : sources[axis - new], target: targets[axis])
    }
  }
}
