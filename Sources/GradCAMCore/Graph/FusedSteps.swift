/// A convolution with a batch norm, an addition and an activation behind it, some or all of them.
struct FusedConvolution: Writer {
  let convolution: Conv2d
  let geometry: ConvolutionGeometry
  private var choice: ConvolutionAlgorithm
  private let depthwise: DepthwiseConvolution?
  var scale: Tensor?
  var shift: Tensor?
  /// Whether the step's second input is added.
  var addsResidual = false
  var activation = Activation.identity

  /// - Parameters:
  ///   - input: the shape of what is convolved; `output` of what comes out.
  init(_ convolution: Conv2d, input: Shape, output: Shape, _ engine: Engine) {
    self.convolution = convolution
    geometry = convolution.geometry(input, output)
    choice = .choose(geometry, engine)
    depthwise = choice == .depthwise ? DepthwiseConvolution(geometry) : nil
    shift = convolution.bias
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let epilogue = ConvolutionEpilogue(
      scale: scale?.elements, shift: shift?.elements, residual: addsResidual ? inputs[1].elements : nil,
      activation: activation)
    convolution.convolve(inputs[0], geometry, choice, epilogue, to: output, context, depthwise)
  }

  var algorithm: String? { choice.name }

  var alternatives: [any Writer] {
    ConvolutionAlgorithm.candidates(geometry).map { candidate in
      var alone = self
      (alone.choice, alone.scale, alone.shift) = (candidate, nil, nil)
      (alone.addsResidual, alone.activation) = (false, .identity)
      return alone
    }
  }
}

/// A batch norm with an activation behind it.
struct FusedBatchNorm: Writer {
  let norm: BatchNorm2d
  var activation = Activation.identity

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    norm.forward(inputs[0], activation, to: output, context)
  }
}
