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
    conv2d(
      name, x, input, output, kernel: kernel, stride: stride, around: Padding(padding), groups: groups, bias: bias,
      stored: stored)
  }

  /// `Conv2d` with a square kernel and a padding that differs from side to side, or follows from the input's size.
  func conv2d(
    _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, around padding: Padding,
    autoPad: AutoPad = .notSet, groups: Int = 1, bias: Bool = false, stored: String? = nil
  ) -> Value {
    let path = path(of: stored ?? name)
    let convolution = Conv2d(
      weight: parameters.convolutionWeight("\(path).weight", output, input / groups, kernel, kernel, groups: groups),
      bias: bias ? parameters.tensor("\(path).bias", output) : nil, stride: (stride, stride),
      padding: padding, dilation: (1, 1), autoPad: autoPad)
    return add(convolution, x, as: name)
  }

  /// `BatchNorm2d` over `channels` channels.
  ///
  /// - Parameters:
  ///   - stored: its name in the state dict, where that is another one.
  ///   - eps: what is added to variances, which a state dict does not tell.
  func batchNorm2d(
    _ name: String, _ x: Value, _ channels: Int, stored: String? = nil, eps: Double = 1e-5
  ) -> Value {
    add(normalization(path(of: stored ?? name), channels, eps: eps), x, as: name)
  }

  /// The batch norm whose weights and statistics stand under `path`.
  func normalization(_ path: String, _ channels: Int, eps: Double) -> BatchNorm2d {
    let vectors = ["weight", "bias", "running_mean", "running_var"].map {
      parameters.vector("\(path).\($0)", channels)
    }
    // Where one is missing the network will not run, and the norm is a stand-in without memory.
    let values = vectors.contains(nil) ? [[], [], [], []] : vectors.compactMap { $0 }
    return BatchNorm2d(
      weight: values[0], bias: values[1], runningMean: values[2], runningVar: values[3], eps: eps)
  }

  /// timm's `BlurPool2d` of stride 2: the binomial filter (1 2 1; 2 4 2; 1 2 1)/16 over a feature map that is mirrored at its border.
  ///
  /// It is a mean of 2×2 of means of 2×2: no weights that a state dict lacks.
  ///
  /// - Parameter border: what stands around the feature map, where it is not mirrored.
  func blurPool2d(_ name: String, _ x: Value, border: Pad.Mode = .reflect) -> Value {
    module(name, kind: "BlurPool2d", x) { x in
      let padded = function(Pad(axes: [2, 3], before: [1, 1], after: [1, 1], mode: border), x)
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
