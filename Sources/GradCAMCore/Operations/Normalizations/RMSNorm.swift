import ModelFormats

/// PyTorch's `RMSNorm`: y = x/√(mean(x²) + eps)·weight over the last logical axes, from `start` on.
///
/// Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
struct RMSNorm: AxisKeepingOperation, WritingOperation {
  let kind = "RMSNorm"
  /// The first axis that is normalised over, counted from the end where it is negative.
  var start = -1
  /// Of a shape that broadcasts to the input's; nil for 1.
  var weight: Tensor?
  var eps = 1e-5
  var keeps: Kept { .inputs }
  var parameterCount: Int { weight?.count ?? 0 }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    var copy = self
    copy.weight = weight.map(replace)
    return copy
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    _ = try x.checkedAxis(start)
    try expectParameter(weight, "weights", toBroadcastTo: x)
    return x
  }

  func mixedAxes(of input: Shape) -> [Int] { Array(input.axis(start)..<input.rank) }

  func multiplyAdds(of inputs: [Shape]) -> Int { inputs[0].count }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    norm(inputs[0].shape).forward(inputs[0], to: output, context)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    [norm(saved.inputShapes[0]).backward(dy, saved.inputs[0], context)]
  }

  private func norm(_ input: Shape) -> LaneNorm {
    LaneNorm(axes: mixedAxes(of: input), weight: weight, eps: eps, isCentred: false)
  }
}
