import ModelFormats

/// y = x where x > 0, else slope·x with a trained slope, one for all or one a channel; at 0 the gradient is the slope's.
struct PReLU: Operation {
  let kind = "PReLU"
  let slope: Tensor
  /// Whether the slopes stand along axis 1, instead of along the last ones as broadcasting has it.
  private let isByChannel: Bool
  var keeps: Kept { .inputs }
  var isPiecewiseAffine: Bool { true }

  /// PyTorch's: one slope, or one a channel (axis 1).
  init(weight: [Float]) {
    slope = Tensor(weight, Shape(weight.count))
    isByChannel = true
  }

  /// ONNX's: a slope that broadcasts to the input.
  init(slope: Tensor) {
    self.slope = slope
    isByChannel = false
  }

  var parameterCount: Int { slope.count }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    try expectParameter(alignedSlope(inputs[0]), "slopes", toBroadcastTo: inputs[0])
    return inputs[0]
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    return Broadcast.map(x, alignedSlope(x.shape), to: x.shape, threads: context.threads) { x, slope in
      x > 0 ? x : slope * x
    }
  }

  func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let x = saved.inputs[0]
    return [
      Broadcast.map(outputGradient, x, alignedSlope(x.shape), to: x.shape, threads: context.threads) {
        gradient, x, slope in
        x > 0 ? gradient : slope * gradient
      }
    ]
  }

  private func alignedSlope(_ input: Shape) -> Tensor {
    isByChannel ? slope.alongChannels(rank: input.rank) : slope
  }
}
