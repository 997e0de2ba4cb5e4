// Blocks that torchvision's and timm's convolutional networks share: convolution, batch norm and activation; and gates on channels.

extension NetworkBuilder {
  /// torchvision's `Conv2dNormActivation`, whose activation works in place: children 0, 1 and 2.
  func convNormActivation(
    _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
    eps: Double = 1e-5, _ activation: ActivationLayer
  ) -> Value {
    module(name, kind: "Conv2dNormActivation", x) { x in
      let y = conv2d(
        "0", x, input, output, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups)
      let normalized = batchNorm2d("1", y, output, eps: eps)
      guard let operation = activation.operation else { return normalized }
      return add(operation, normalized, as: "2", inPlace: true)
    }
  }

  /// timm's `BatchNormAct2d`, whose activation works in place: a batch norm with the activation as its child `act`.
  func batchNormAct2d(
    _ name: String, _ x: Value, _ channels: Int, eps: Double = 1e-5, _ activation: ActivationLayer
  ) -> Value {
    guard let operation = activation.operation else { return batchNorm2d(name, x, channels, eps: eps) }
    let norm = normalization(path(of: name), channels, eps: eps)
    return module(name, kind: "BatchNormAct2d", x) { x in
      add(operation, function(norm, x), as: "act", inPlace: true)
    }
  }

  /// timm's `ConvNormAct`: children `conv` and `bn`.
  func convNormAct(
    _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1, groups: Int = 1,
    _ activation: ActivationLayer
  ) -> Value {
    module(name, kind: "ConvNormAct", x) { x in
      let y = conv2d(
        "conv", x, input, output, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups)
      return batchNormAct2d("bn", y, output, activation)
    }
  }

  /// torchvision's `SqueezeExcitation` (Hu et al., "Squeeze-and-Excitation Networks", 2018): a gate on channels that follows from
  /// their means.
  func squeezeExcitation(
    _ name: String, _ x: Value, _ channels: Int, squeeze: Int, _ activation: any Operation,
    gate: any Operation = Sigmoid()
  ) -> Value {
    module(name, kind: "SqueezeExcitation", x) { x in
      var s = conv2d("fc1", add(AdaptiveAvgPool2d(), x, as: "avgpool"), channels, squeeze, kernel: 1, bias: true)
      s = conv2d("fc2", add(activation, s, as: "activation"), squeeze, channels, kernel: 1, bias: true)
      return function(Mul(), add(gate, s, as: "scale_activation"), x)
    }
  }

  /// timm's gates on channels.
  ///
  /// - Parameter layers: its children's names: the two convolutions, and the activation between them.
  func squeezeExcite(
    _ name: String, _ x: Value, _ channels: Int, squeeze: Int,
    layers: (reduce: String, activation: String, expand: String), _ activation: ActivationLayer,
    gate: any Operation = Sigmoid()
  ) -> Value {
    module(name, kind: "SqueezeExcite", x) { x in
      var s = conv2d(layers.reduce, function(AdaptiveAvgPool2d(), x), channels, squeeze, kernel: 1, bias: true)
      if let operation = activation.operation { s = add(operation, s, as: layers.activation, inPlace: true) }
      s = conv2d(layers.expand, s, squeeze, channels, kernel: 1, bias: true)
      return function(Mul(), x, add(gate, s, as: "gate"))
    }
  }

  /// timm's `SelectAdaptivePool2d` to one position: a pooling, and a flattening where `flattens`.
  func timmGlobalPool(_ x: Value, flattens: Bool = true) -> Value {
    module("global_pool", kind: "SelectAdaptivePool2d", x) { x in
      let pooled = add(AdaptiveAvgPool2d(), x, as: "pool")
      return flattens ? add(Flatten(), pooled, as: "flatten") : pooled
    }
  }

  /// torchvision's usual head: a pooling module, and a `classifier` of a dropout and a `Linear`.
  func dropoutClassifier(
    _ map: Value, _ input: Int, _ classes: Int, pooled: ((Value) -> Value)? = nil
  ) -> Value {
    head(
      "classifier", map, channels: input, width: input, pooled: pooled ?? { self.pooledByModule($0) },
      usual: { x in
        self.module("classifier", kind: "Sequential", x) { x in
          self.linear("1", self.add(Identity.dropout, x, as: "0"), input, classes)
        }
      })
  }

  /// torchvision's module `avgpool`, and a flattening by a function.
  func pooledByModule(_ x: Value) -> Value {
    function(Flatten(), add(AdaptiveAvgPool2d(), x, as: "avgpool"))
  }
}
