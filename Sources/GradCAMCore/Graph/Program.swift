import ModelFormats

/// A place where a pass keeps a tensor.
typealias Slot = Int

/// A pass through a graph, planned for one input shape and one set of hooks.
struct Program {
  /// One step of a pass, from some slots to others.
  struct Step {
    enum Work {
      /// Runs the graph's node of that index.
      case node(Int)
      /// Runs a convolution with what follows it done in its last step.
      case fused(FusedConvolution)
      /// Hands a call's inputs over to what runs inside, and fires its full backward hooks on the way back.
      case enter(call: Int)
      /// Takes a call's output (the first input; the others are the call's own inputs, where forward hooks want
      /// them), and fires its forward hooks, on the way back its backward pre-hooks.
      case leave(call: Int, firesForwardHooks: Bool)
    }

    var work: Work
    var inputs: [Slot]
    var outputs: [Slot]
    /// Slots that nobody needs after this step.
    var frees: [Slot] = []
  }

  var source: Slot
  var output: Slot
  /// nil where the pass begins behind the logits.
  var logits: Slot?
  var shapes: [Shape]
  /// By slot, whether a hook waits for a gradient there or upstream.
  var wantsGradient: [Bool]
  var forward: [Step]
  /// The steps of the backward pass, in forward order; unfused.
  var backward: [Step]
  /// By call, whether its full backward hooks fire when it is entered, with gradients of its inputs.
  var firesOnEnter: Set<Int>
}

/// A convolution with a batch norm, an addition and an activation behind it, some or all of them.
struct FusedConvolution {
  let convolution: Conv2d
  let geometry: ConvolutionGeometry
  let algorithm: ConvolutionAlgorithm
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
    algorithm = .choose(geometry, engine)
    shift = convolution.bias
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let epilogue = ConvolutionEpilogue(
      scale: scale?.elements, shift: shift?.elements, residual: addsResidual ? inputs[1].elements : nil,
      activation: activation)
    convolution.convolve(inputs[0], geometry, algorithm, epilogue, to: output, context)
  }
}
