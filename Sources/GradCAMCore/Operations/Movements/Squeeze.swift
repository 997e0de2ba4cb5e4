import ModelFormats

/// ONNX's Squeeze: axes of size 1 are dropped.
struct Squeeze: ReshapingOperation {
  let kind = "squeeze"
  var onlyMovesOrPools: Bool { true }
  /// Of the input, from the end where negative.
  let axes: [Int]

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    var dropped: Set<Int> = []
    for axis in axes {
      let axis = try x.checkedAxis(axis, "squeezes")
      guard x[axis] == 1 else { throw InputError("", "squeezes axis \(axis) of \(x), whose size is not 1") }
      dropped.insert(axis)
    }
    return Shape(x.dimensions.indices.filter { !dropped.contains($0) }.map { x[$0] })
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.dropping(axes.map(shapes[0].axis), keepsDimensions: false)
  }
}
