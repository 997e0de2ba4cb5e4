import ModelFormats

/// ONNX's Tile: the whole input again and again along each axis.
struct Tile: StridedMovement {
  let kind = "tile"
  let repeats: [Int]
  var repeatsElements: Bool { true }
  /// Where nothing is repeated.
  func passesShares(from input: Shape?, to output: Shape?) -> Bool { input != nil && input?.count == output?.count }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  /// - Parameter repeats: one number an axis.
  init(_ repeats: [Int]) { self.repeats = repeats }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    guard inputs[0].rank == repeats.count else {
      throw InputError("", "repeats \(repeats.count) axes, not the shape \(inputs[0])")
    }
    try expectSizes(repeats, atLeast: 0, "a repetition")
    _ = try inputs[0].expectingMemory()
    return try Shape(zip(inputs[0].dimensions, repeats).map { $0 * $1 }).expectingMemory()
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    guard var layout = inputs[0] else { return nil }
    for (axis, count) in repeats.enumerated() where count != 1 {
      let old = layout.axes[axis]
      layout.axes[axis] = Layout.Axis(old.holdsPositions || old.isUnknown ? .unknown : .channel, output[axis])
    }
    return layout.settled()
  }

  /// Every axis as two: the repetitions, which stand still in the input, and the input's own.
  func axes(_ input: Shape, _ output: Shape) -> [StridedCopy.Axis] {
    let (sources, targets) = (StoredAxis.strides(input), StoredAxis.strides(output))
    return input.dimensions.indices.flatMap { axis in
      [
        StridedCopy.Axis(size: repeats[axis], source: 0, target: input[axis] * targets[axis]),
        StridedCopy.Axis(size: input[axis], source: sources[axis], target: targets[axis]),
      ]
    }
  }
}
