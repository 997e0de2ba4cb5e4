/// The head of a network as the tensors behind its trunk tell it, where it is another than the architecture's own.
struct HeadPlan: Sendable {
  /// How the last feature map becomes the vector that the head begins with.
  enum Pooling: String, Sendable, CaseIterable {
    /// As the architecture does it.
    case usual
    case avg, max
    /// Both, one behind the other: fastai's `AdaptiveConcatPool2d`.
    case maxAvg = "max-avg"
    /// Both the other way round: timm's `catavgmax`.
    case avgMax = "avg-max"
  }

  /// What stands between two linear layers, which has no weights.
  enum Activation: String, Sendable, CaseIterable { case relu, gelu, silu, elu, tanh, none }

  /// One of the layers, each by its module's path.
  enum Layer: Sendable, Hashable {
    /// Weights [output, input], or those of a 1×1 convolution.
    case linear(module: String, input: Int, output: Int, isConvolution: Bool, hasBias: Bool)
    case batchNorm(module: String, count: Int, isAffine: Bool)
    case layerNorm(module: String, count: Int)
    /// Without a path where the file leaves no number free for it.
    case activation(module: String?)

    /// The path of the module; nil for an activation without one.
    var module: String? {
      switch self {
      case .linear(let module, _, _, _, _), .batchNorm(let module, _, _), .layerNorm(let module, _): module
      case .activation(let module): module
      }
    }
  }

  var pooling = Pooling.usual
  var layers: [Layer]
  /// What the activations are.
  var activation = Activation.relu

  /// The number of outputs.
  var classes: Int {
    for case .linear(_, _, let output, _, _) in layers.reversed() { return output }
    return 0
  }

  var linearCount: Int { layers.count { if case .linear = $0 { true } else { false } } }

  var hasActivations: Bool { layers.contains { if case .activation = $0 { true } else { false } } }
}

/// Where a network's head begins.
struct HeadSlot: Sendable {
  /// The path of the architecture's own head.
  var path: String
  /// The length of the vector that the architecture's own head begins with.
  var width: Int
  /// The channels of the last feature map, where the head begins with it.
  var channels: Int?
}
