import ModelFormats

/// PyTorch's `Flatten`: the axes from `start` on become one, in logical order.
struct Flatten: ReshapingOperation {
  let kind = "Flatten"
  var start = 1

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    let x = inputs[0].dimensions
    guard start >= 0, start < max(x.count, 1) else {
      throw InputError("", "flattens from axis \(start), which \(inputs[0]) does not have")
    }
    return Shape(Array(x[..<start]) + [x[start...].reduce(1, *)])
  }
}
