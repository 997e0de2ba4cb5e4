import ModelFormats

/// ONNX's Squeeze: axes of size 1 are dropped.
struct Squeeze: ReshapingOperation {
  let kind = "squeeze"
  let axes: [Int]?

  /// - Parameter axes: of the input, from the end where negative; nil for all of size 1.
  init(axes: [Int]? = nil) { self.axes = axes }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let x = inputs[0]
    var dropped = Set(x.dimensions.indices.filter { x[$0] == 1 })
    if let axes {
      let ones = dropped
      dropped = []
      for axis in axes {
        let axis = try x.checkedAxis(axis, "squeezes")
        guard ones.contains(axis) else { throw InputError("", "squeezes axis \(axis) of \(x), whose size is not 1") }
        dropped.insert(axis)
      }
    }
    return Shape(x.dimensions.indices.filter { !dropped.contains($0) }.map { x[$0] })
  }
}
