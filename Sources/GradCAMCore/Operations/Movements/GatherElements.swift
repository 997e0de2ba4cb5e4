import ModelFormats

/// ONNX's GatherElements and PyTorch's `gather`: for every index, the element at its place but for the one axis, along which the
/// index says where.
struct GatherElements: PickingOperation {
  let kind = "gather_elements"
  /// Counted from the end where it is negative.
  var axis = 0

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 2)
    _ = try inputs[0].expectElements(inputs[1], along: axis)
    return inputs[1]
  }

  func places(_ indices: Tensor, in data: Shape) -> NamedPlaces {
    NamedPlaces(elements: indices, of: data, axis: data.axis(axis))
  }

  /// Where the axis holds no positions, and all of the others is taken.
  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    guard let layout = inputs[0] else { return nil }
    let axis = output.axis(axis)
    let own = layout.axes[axis]
    let isWhole = output.dimensions.indices.allSatisfy { $0 == axis || output[$0] == shapes[0][$0] }
    guard isWhole, !own.holdsPositions, !own.isUnknown else { return nil }
    return layout.replacing(axis, by: Layout.Axis(.channel, output[axis])).settled()
  }
}
