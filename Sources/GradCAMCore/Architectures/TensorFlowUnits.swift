/// Builds the units of Hugging Face's MobileNets: TensorFlow's padding, norms with ε = 0.001, and activations up to 6.
struct TensorFlowUnits {
  let network: NetworkBuilder
  /// The units' class.
  let kind: String

  /// - Parameter isActivated: whether an activation follows.
  func unit(
    _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
    isActivated: Bool = true
  ) -> Value {
    network.module(name, kind: kind, x) { x in
      let path = network.path(of: "convolution")
      let convolution = Conv2d(
        weight: network.parameters.convolutionWeight(
          "\(path).weight", output, input / groups, kernel, kernel, groups: groups),
        bias: nil, stride: (stride, stride), padding: Padding(0), dilation: (1, 1), autoPad: .sameUpper)
      let y = network.batchNorm2d("normalization", network.add(convolution, x, as: "convolution"), output, eps: 1e-3)
      return isActivated ? network.add(Clip.relu6, y, as: "activation") : y
    }
  }
}

/// Hugging Face's MobileNets, whose processors normalise to −1…1.
protocol HuggingFaceMobileNet: ImageNetClassifier {}

extension HuggingFaceMobileNet {
  var preprocessing: String { channels == 3 ? "half,resize=256,crop=224" : "unit,resize=256,crop=224" }
}
