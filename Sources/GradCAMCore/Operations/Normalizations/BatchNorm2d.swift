import ModelFormats

/// PyTorch's `BatchNorm2d` at inference, and its kin for other ranks: y = x·scale + shift along axis 1, from the running
/// statistics.
struct BatchNorm2d: AxisKeepingOperation, WritingOperation {
  let kind = "BatchNorm2d"
  /// C values each: γ/√(σ²+ε) and β − μ·γ/√(σ²+ε).
  private(set) var scale: Tensor
  private(set) var shift: Tensor
  var isAffine: Bool { true }
  var channelBias: Tensor? { shift }
  var fusionPart: FusionPart? { .batchNorm(self) }

  /// - Parameters: C values each: γ, β, μ and σ² as a state dict names them.
  init(weight: [Float], bias: [Float], runningMean: [Float], runningVar: [Float], eps: Double = 1e-5) {
    let count = weight.count
    precondition([bias, runningMean, runningVar].allSatisfy { $0.count == count }, "statistics of different lengths")
    var scale = [Float](repeating: 0, count: count)
    var shift = scale
    for c in 0..<count {
      let factor = Double(weight[c]) / (Double(runningVar[c]) + eps).squareRoot()
      scale[c] = Float(factor)
      shift[c] = Float(Double(bias[c]) - Double(runningMean[c]) * factor)
    }
    self.scale = Tensor(scale, Shape(count))
    self.shift = Tensor(shift, Shape(count))
  }

  var parameterCount: Int { scale.count * 2 }

  /// Of what it is at inference, a scale and a shift a channel: its statistics went into both, as those of a batch norm that an export
  /// folds into a convolution.
  func replacingParameters(_ replace: (Tensor) -> Tensor) -> any Operation {
    var copy = self
    (copy.scale, copy.shift) = (replace(scale), replace(shift))
    return copy
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectChannels(inputs)
    guard x.c == scale.count else { throw InputError("", "takes \(scale.count) channels, not the \(x.c) of \(x)") }
    return x
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    forward(inputs[0], .identity, to: output, context)
  }

  /// y = f(x·scale + shift).
  func forward(
    _ x: Tensor, _ activation: Activation, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext
  ) {
    let channels = x.shape.c
    if x.shape.isFeatureMap || x.shape.rank == 2 {
      let epilogue = ConvolutionEpilogue(scale: scale.elements, shift: shift.elements, activation: activation)
      let rows = x.count / max(channels, 1)
      return parallelFor(rows, blockSize: max(1 << 14 / max(channels, 1), 1), threads: context.threads) { range, _ in
        let start = range.lowerBound * channels
        epilogue.apply(x.elements + start, to: output + start, rows: range.count, channels: channels, context.kernels)
      }
    }
    // Channels lie apart: each has a lane of positions.
    let lanes = StoredAxis(x.shape, 1)
    for n in 0..<x.shape.n {
      for c in 0..<channels {
        let start = (n * channels + c) * lanes.step
        for i in start..<start + lanes.step { output[i] = x.elements[i] * scale.elements[c] + shift.elements[c] }
      }
    }
    if activation != .identity { activation.apply(output, to: output, count: x.count, context.kernels) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let shape = dy.shape
    let scale = scale.alongChannels(rank: shape.rank)
    return [Broadcast.map(dy, scale, to: shape, threads: context.threads) { through($1, $0) }]
  }

  func multiplyAdds(of inputs: [Shape]) -> Int { inputs[0].count }
}
