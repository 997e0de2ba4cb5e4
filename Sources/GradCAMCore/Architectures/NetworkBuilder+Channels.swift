// What ConvNeXt does along the channels of feature maps. PyTorch's code puts the channels last for it and back, which is how maps are
// stored here anyhow: values keep the axes N C H W.

extension NetworkBuilder {
  /// `LayerNorm` over the channels of every position.
  func channelNorm(_ name: String, _ x: Value, _ channels: Int, eps: Double, kind: String = "LayerNorm2d") -> Value {
    let path = path(of: name)
    let norm = LayerNorm(
      overChannels: parameters.vector("\(path).weight", channels),
      bias: parameters.vector("\(path).bias", channels), eps: eps, kind: kind)
    return add(norm, x, as: name)
  }

  /// `Linear` along the channels of every position.
  func channelLinear(_ name: String, _ x: Value, _ input: Int, _ output: Int) -> Value {
    let path = path(of: name)
    var linear = Conv2d(
      weight: parameters.pointwiseWeight("\(path).weight", output, input),
      bias: parameters.tensor("\(path).bias", output), stride: (1, 1), padding: Padding(0), dilation: (1, 1),
      autoPad: .notSet)
    linear.kind = "Linear"
    return add(linear, x, as: name)
  }

  /// A factor a channel, or a summand.
  ///
  /// - Parameter shape: the parameter's own.
  func perChannel(_ operation: any Operation, _ x: Value, parameter: String, shape: [Int]) -> Value {
    let values = parameters.tensor(path(of: parameter), shape: shape)
    let count = values.count
    // One number a channel lies in memory in one order, whatever axes of size 1 are beside it.
    let turned = Tensor(shape: Shape(1, count, 1, 1), storage: values.storage)
    return function(operation, x, with: turned, trained: count)
  }

  /// Global response normalisation: x + β + γ·x·g/(mean of g over channels + 10⁻⁶), g each channel's norm over all positions
  /// (Woo et al., "ConvNeXt V2", 2023).
  ///
  /// - Parameters:
  ///   - factor, summand: γ and β in the state dict, of the shape `shape`.
  func responseNorm(
    _ name: String, _ x: Value, factor: String = "weight", summand: String = "bias", shape: [Int]
  ) -> Value {
    module(name, kind: "GlobalResponseNorm", x) { x in
      let norms = function(ReduceL2(reduced: ReducedAxes([2, 3])), x)
      let mean = function(ReduceMean(reduced: ReducedAxes([1])), norms)
      let divisor = function(Add(), mean, with: Tensor(repeating: 1e-6, Shape(1)))
      let scaled = function(Mul(), x, function(Div(), norms, divisor))
      let y = perChannel(Mul(), scaled, parameter: factor, shape: shape)
      return function(Add(), x, perChannel(Add(), y, parameter: summand, shape: shape))
    }
  }
}
