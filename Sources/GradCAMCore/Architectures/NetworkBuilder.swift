/// Builds a network's graph with the weights of a state dict, in the terms of PyTorch's modules.
final class NetworkBuilder {
  let graph: GraphBuilder
  let parameters: ParameterSource

  init(kind: String, _ parameters: ParameterSource) {
    graph = GraphBuilder(kind: kind)
    self.parameters = parameters
  }

  /// `Conv2d` with a square kernel and no bias.
  func conv2d(
    _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, padding: Int = 0
  ) -> Value {
    let weight = parameters.tensor("\(graph.path(of: name)).weight", output, input, kernel, kernel)
    let convolution = Conv2d(weight: weight, stride: (stride, stride), padding: Padding(padding))
    return graph.add(convolution, x, as: name)
  }

  /// `BatchNorm2d` over `channels` channels.
  func batchNorm2d(_ name: String, _ x: Value, _ channels: Int) -> Value {
    let path = graph.path(of: name)
    let norm = BatchNorm2d(
      weight: parameters.vector("\(path).weight", channels), bias: parameters.vector("\(path).bias", channels),
      runningMean: parameters.vector("\(path).running_mean", channels),
      runningVar: parameters.vector("\(path).running_var", channels))
    return graph.add(norm, x, as: name)
  }

  /// `Linear` with a bias.
  func linear(_ name: String, _ x: Value, _ input: Int, _ output: Int) -> Value {
    let path = graph.path(of: name)
    let linear = Linear(
      weight: parameters.tensor("\(path).weight", output, input), bias: parameters.tensor("\(path).bias", output))
    return graph.add(linear, x, as: name)
  }
}
