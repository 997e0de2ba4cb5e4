import ModelFormats

/// An operation that works along one logical axis and keeps the shape.
protocol LaneOperation: AxisKeepingOperation {
  /// Counted from the end where it is negative.
  var axis: Int { get }
}

extension LaneOperation {
  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    _ = try inputs[0].checkedAxis(axis)
    return inputs[0]
  }

  func mixedAxes(of input: Shape) -> [Int] { [input.axis(axis)] }
}
