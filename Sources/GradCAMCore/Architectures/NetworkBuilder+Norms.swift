extension NetworkBuilder {
  /// `BatchNorm2d` over `channels` channels, with another ε than PyTorch's usual one.
  func batchNorm2d(_ name: String, _ x: Value, _ channels: Int, eps: Double) -> Value {
    let path = path(of: name)
    let vectors = ["weight", "bias", "running_mean", "running_var"].map {
      parameters.vector("\(path).\($0)", channels)
    }
    // Where one is missing the network will not run, and the norm is a stand-in without memory.
    let values = vectors.contains(nil) ? [[], [], [], []] : vectors.compactMap { $0 }
    let norm = BatchNorm2d(
      weight: values[0], bias: values[1], runningMean: values[2], runningVar: values[3], eps: eps)
    return add(norm, x, as: name)
  }
}
