import ModelFormats

/// Layers without weights that a pickled module names, held against those of the network that its weights are taken for.
enum PlainLayers {
  /// What computes each of `torch.nn`'s layers here. Others tell nothing: attention, adaptive pooling, softmax.
  private static let operations: [String: any Operation.Type] = [
    "ReLU": ReLU.self, "ReLU6": Clip.self, "LeakyReLU": LeakyReLU.self, "SiLU": SiLU.self, "GELU": GELU.self,
    "ELU": ELU.self, "CELU": CELU.self, "SELU": SELU.self, "Mish": Mish.self, "Tanh": Tanh.self,
    "Softplus": Softplus.self, "Softsign": Softsign.self, "Sigmoid": Sigmoid.self, "Hardswish": HardSwish.self,
    "Hardsigmoid": HardSigmoid.self, "MaxPool2d": MaxPool2d.self, "AvgPool2d": AvgPool2d.self,
  ]
  /// Layers that are looked at one by one.
  private static let most = 64

  /// Refuses a module with layers that the network has not.
  ///
  /// - Parameter tensors: the network's, by its own names.
  /// - Throws: `InputError` without a subject.
  static func compare(
    _ layers: [PlainLayer], with graph: Graph, of name: String, _ tensors: [TensorRecord]
  ) throws(InputError) {
    guard !layers.isEmpty else { return }
    let built = Set(graph.nodes.map { ObjectIdentifier(type(of: $0.operation)) })
    let foreign = layers.lazy.filter { layer in
      if layer.kind == "Identity" {
        return layer.path.split(separator: ".").last == "maxpool" && built.contains(ObjectIdentifier(MaxPool2d.self))
      }
      return operations[layer.kind].map { !built.contains(ObjectIdentifier($0)) } ?? false
    }
    guard let other = foreign.prefix(most).first(where: { $0.kind != "Sigmoid" || isInside($0, tensors) }) else {
      return
    }
    throw InputError(
      "",
      """
      is a module with the weights of \(name), and with \(other.kind) as \(other.path.brief()), which \(name) does not \
      have
      """,
      remedy: .exportInstead)
  }

  /// Whether a layer stands beside layers with weights. A sigmoid that does not makes probabilities of the scores.
  private static func isInside(_ layer: PlainLayer, _ tensors: [TensorRecord]) -> Bool {
    var parents = layer.path.split(separator: ".").dropLast()
    let isHead = parents.last.map { ["fc", "classifier", "head"].contains($0) } ?? true
    while !isHead, !parents.isEmpty {
      let prefix = parents.joined(separator: ".") + "."
      if tensors.contains(where: { $0.name.hasPrefix(prefix) }) { return true }
      parents = parents.dropFirst()
    }
    return false
  }
}
