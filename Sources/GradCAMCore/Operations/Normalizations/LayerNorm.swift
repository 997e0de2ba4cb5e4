import ModelFormats

/// PyTorch's `LayerNorm`: x normalised over its last logical axes, from `start` on, then scaled and shifted by their elements.
/// Over the channels of feature maps (ConvNeXt's `LayerNorm2d`) it runs along axis 1 alone.
struct LayerNorm: AxisKeepingOperation, WritingOperation {
  let kind: String
  private enum Axes { case from(Int), channels }
  private let axes: Axes
  private(set) var weight: Tensor?
  private(set) var bias: Tensor?
  let eps: Double
  var keeps: Kept { .inputs }

  /// - Parameters:
  ///   - start: the first axis that is normalised over, counted from the end where it is negative.
  ///   - weight, bias: of a shape that broadcasts to the input's; nil for 1 and 0.
  init(start: Int = -1, weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5) {
    (axes, self.weight, self.bias, self.eps, kind) = (.from(start), weight, bias, eps, "LayerNorm")
  }

  /// The norm over axis 1, channels, of every position.
  ///
  /// - Parameters:
  ///   - weight, bias: one a channel; nil for 1 and 0.
  ///   - kind: the module's, which is another where PyTorch puts the channels last before it.
  init(overChannels weight: [Float]?, bias: [Float]?, eps: Double = 1e-6, kind: String = "LayerNorm2d") {
    self.weight = weight.map { Tensor($0, Shape($0.count)) }
    self.bias = bias.map { Tensor($0, Shape($0.count)) }
    (axes, self.eps, self.kind) = (.channels, eps, kind)
  }

  var parameterCount: Int { (weight?.count ?? 0) + (bias?.count ?? 0) }

  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    var copy = self
    (copy.weight, copy.bias) = (weight.map(replace), bias.map(replace))
    return copy
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    switch axes {
    case .from(let start): _ = try x.checkedAxis(start)
    case .channels: _ = try x.checkedAxis(1)
    }
    let norm = norm(x)
    try expectParameter(norm.weight, "weights", toBroadcastTo: x)
    try expectParameter(norm.bias, "biases", toBroadcastTo: x)
    return x
  }

  /// Over the last axis, which the channels come to be.
  func turned(_ inputs: [Shape]) -> (any Operation)? {
    guard case .from(let start) = axes, inputs[0].axis(start) == 3,
      [weight, bias].allSatisfy({ $0.map { $0.shape.rank == 1 } ?? true })
    else {
      return nil
    }
    return LayerNorm(overChannels: weight?.logical(), bias: bias?.logical(), eps: eps, kind: kind)
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    norm(inputs[0].shape).forward(inputs[0], to: output, context)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    [norm(saved.inputShapes[0]).backward(dy, saved.inputs[0], context)]
  }

  func multiplyAdds(of inputs: [Shape]) -> Int { inputs[0].count }

  func mixedAxes(of input: Shape) -> [Int] { norm(input).axes }

  private func norm(_ input: Shape) -> LaneNorm {
    switch axes {
    case .from(let start):
      LaneNorm(axes: Array(input.axis(start)..<input.rank), weight: weight, bias: bias, eps: eps)
    case .channels:
      LaneNorm(
        axes: [1], weight: weight?.alongChannels(rank: input.rank), bias: bias?.alongChannels(rank: input.rank),
        eps: eps)
    }
  }
}
