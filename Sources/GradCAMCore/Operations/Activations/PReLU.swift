import ModelFormats

/// y = x where x > 0, else slope·x with a trained slope, one for all or one a channel; at 0 the gradient is the slope's.
struct PReLU: AxisKeepingOperation {
  let kind = "PReLU"
  /// Broadcast to the input.
  private(set) var slope: Tensor
  var keeps: Kept { .inputs }
  var isPiecewiseAffine: Bool { true }

  var parameterCount: Int { slope.count }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    var copy = self
    copy.slope = replace(slope)
    return copy
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    try expectParameter(slope, "slopes", toBroadcastTo: inputs[0])
    return inputs[0]
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    return Broadcast.map(x, slope, to: x.shape, threads: context.threads) { x, slope in
      x > 0 ? x : slope * x
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let x = saved.inputs[0]
    return [
      Broadcast.map(dy, x, slope, to: x.shape, threads: context.threads) {
        gradient, x, slope in
        x > 0 ? gradient : through(slope, gradient)
      }
    ]
  }
}
