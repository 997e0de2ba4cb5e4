/// Builds a network's graph with the weights of a state dict, in the terms of PyTorch's modules.
final class NetworkBuilder: GraphBuilder {
  let parameters: ParameterSource
  /// The head that the file has, where it is another than the architecture's own.
  let headPlan: HeadPlan?
  /// Where the architecture's head begins, once it has been built; nil where its head is like no other's.
  var headSlot: HeadSlot?

  init(kind: String, _ parameters: ParameterSource, head: HeadPlan? = nil) {
    (self.parameters, headPlan) = (parameters, head)
    super.init(kind: kind)
  }

  /// `Conv2d` with a square kernel.
  ///
  /// - Parameter stored: its name in the state dict, where that is another one.
  func conv2d(
    _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, padding: Int = 0,
    groups: Int = 1, bias: Bool = false, stored: String? = nil
  ) -> Value {
    let path = path(of: stored ?? name)
    let convolution = Conv2d(
      weight: parameters.convolutionWeight("\(path).weight", output, input / groups, kernel, kernel, groups: groups),
      bias: bias ? parameters.tensor("\(path).bias", output) : nil, stride: (stride, stride),
      padding: Padding(padding), dilation: (1, 1), autoPad: .notSet)
    return add(convolution, x, as: name)
  }

  /// `BatchNorm2d` over `channels` channels.
  ///
  /// - Parameter stored: its name in the state dict, where that is another one.
  func batchNorm2d(_ name: String, _ x: Value, _ channels: Int, stored: String? = nil) -> Value {
    let path = path(of: stored ?? name)
    let vectors = ["weight", "bias", "running_mean", "running_var"].map {
      parameters.vector("\(path).\($0)", channels)
    }
    // Where one is missing the network will not run, and the norm is a stand-in without memory.
    let values = vectors.contains(nil) ? [[], [], [], []] : vectors.compactMap { $0 }
    let norm = BatchNorm2d(weight: values[0], bias: values[1], runningMean: values[2], runningVar: values[3])
    return add(norm, x, as: name)
  }

  /// timm's `BlurPool2d` of stride 2: the binomial filter (1 2 1; 2 4 2; 1 2 1)/16 over a feature map that is mirrored at its border.
  ///
  /// It is a mean of 2×2 of means of 2×2: no weights that a state dict lacks.
  func blurPool2d(_ name: String, _ x: Value) -> Value {
    module(name, kind: "BlurPool2d", x) { x in
      let padded = function(Pad(axes: [2, 3], before: [1, 1], after: [1, 1], mode: .reflect), x)
      let means = function(AvgPool2d(kernel: (2, 2), stride: (1, 1)), padded)
      return function(AvgPool2d(kernel: (2, 2), stride: (2, 2)), means)
    }
  }

  /// Pools a feature map to 1×1 and flattens it, by functions.
  func pooledFeatures(_ x: Value) -> Value {
    function(Flatten(), function(AdaptiveAvgPool2d(), x))
  }

  /// `Linear` with a bias.
  func linear(_ name: String, _ x: Value, _ input: Int, _ output: Int) -> Value {
    let path = path(of: name)
    let linear = Linear(
      weight: parameters.tensor("\(path).weight", output, input), bias: parameters.tensor("\(path).bias", output))
    return add(linear, x, as: name)
  }
}
