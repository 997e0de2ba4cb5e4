extension NetworkBuilder {
  /// The head behind pooled features: what the state dict has there, usually one `Linear` called `name`.
  func classifier(_ name: String, _ x: Value, _ input: Int, _ classes: Int) -> Value {
    headSlot = HeadSlot(path: path(of: name), width: input)
    if let headPlan { return build(headPlan, x) }
    return parameters.inHead { linear(name, x, input, classes) }
  }

  /// The head behind the last feature map: pooling, and what the state dict has behind it, usually one `Linear` called `name`.
  ///
  /// - Parameter pooled: the architecture's own pooling; global averages by functions where it has no modules for it.
  func pooledClassifier(
    _ name: String, _ map: Value, _ input: Int, _ classes: Int, pooled: ((Value) -> Value)? = nil
  ) -> Value {
    let pooled = pooled ?? { self.pooledFeatures($0) }
    return head(name, map, channels: input, width: input, pooled: pooled) { self.linear(name, $0, input, classes) }
  }

  /// The head behind the last feature map, where the architecture's own is more than one `Linear`.
  ///
  /// - Parameters:
  ///   - name: of the module that people put their own head in the place of.
  ///   - channels: of the feature map.
  ///   - width: of the vector that `pooled` makes of it.
  ///   - usual: the architecture's own head.
  func head(
    _ name: String, _ map: Value, channels: Int, width: Int, pooled: (Value) -> Value, usual: (Value) -> Value
  ) -> Value {
    headSlot = HeadSlot(path: path(of: name), width: width, channels: channels)
    guard let headPlan else { return parameters.inHead { usual(pooled(map)) } }
    let vector: Value
    switch headPlan.pooling {
    case .usual: vector = pooled(map)
    case .avg: vector = pooledFeatures(map)
    case .max: vector = function(Flatten(), function(GlobalMaxPool(), map))
    case .maxAvg: vector = function(Flatten(), function(Concat(), function(GlobalMaxPool(), map), average(map)))
    case .avgMax:
      let average = average(map)
      vector = function(Flatten(), function(Concat(), average, function(GlobalMaxPool(), map)))
    }
    return build(headPlan, vector)
  }

  private func average(_ map: Value) -> Value { function(AdaptiveAvgPool2d(), map) }

  // MARK: - Heads of the file's own

  private func build(_ plan: HeadPlan, _ x: Value) -> Value {
    let containers = plan.layers.compactMap(\.module).map { $0.split(separator: ".").dropLast().map(String.init) }
    let container = containers.dropFirst().reduce(containers.first ?? []) { shared, next in
      zip(shared, next).prefix { $0 == $1 }.map { $0.0 }
    }
    return parameters.inHead {
      inside(container[...], x) { layers(plan, inside: container.joined(separator: "."), $0) }
    }
  }

  /// Builds inside nested modules.
  private func inside(_ container: ArraySlice<String>, _ x: Value, _ body: (Value) -> Value) -> Value {
    guard let first = container.first else { return body(x) }
    // The architecture may be inside a module of that name already.
    if path == first || path.hasSuffix(".\(first)") { return inside(container.dropFirst(), x, body) }
    return module(first, kind: "Sequential", x) { inside(container.dropFirst(), $0, body) }
  }

  private func layers(_ plan: HeadPlan, inside container: String, _ x: Value) -> Value {
    func name(_ module: String) -> String {
      container.isEmpty ? module : String(module.dropFirst(container.count + 1))
    }
    return plan.layers.reduce(x) { x, layer in
      switch layer {
      case .linear(let module, let input, let output, let isConvolution, let hasBias):
        let stored =
          (isConvolution
            ? parameters.tensor("\(module).weight", output, input, 1, 1)
            : parameters.tensor("\(module).weight", output, input))
        let weight = Tensor(shape: Shape(output, input), storage: stored.storage)
        let bias = hasBias ? parameters.tensor("\(module).bias", output) : nil
        return add(Linear(weight: weight, bias: bias), x, as: name(module))
      case .batchNorm(let module, let count, let isAffine):
        return add(batchNorm(module, count, isAffine: isAffine), x, as: name(module))
      case .layerNorm(let module, let count):
        let (weight, bias) = (parameters.tensor("\(module).weight", count), parameters.tensor("\(module).bias", count))
        return add(LayerNorm(weight: weight, bias: bias), x, as: name(module))
      case .activation(let module):
        guard let operation = plan.activation.operation else { return x }
        return module.map { add(operation, x, as: name($0)) } ?? function(operation, x)
      }
    }
  }

  private func batchNorm(_ module: String, _ count: Int, isAffine: Bool) -> BatchNorm2d {
    let mean = parameters.vector("\(module).running_mean", count)
    let variance = parameters.vector("\(module).running_var", count)
    let weight = isAffine ? parameters.vector("\(module).weight", count) : [Float](repeating: 1, count: count)
    let bias = isAffine ? parameters.vector("\(module).bias", count) : [Float](repeating: 0, count: count)
    guard let mean, let variance, let weight, let bias else {
      return BatchNorm2d(weight: [], bias: [], runningMean: [], runningVar: [])
    }
    return BatchNorm2d(weight: weight, bias: bias, runningMean: mean, runningVar: variance)
  }
}

extension HeadPlan.Activation {
  /// nil for none.
  fileprivate var operation: (any Operation)? {
    switch self {
    case .relu: ReLU()
    case .gelu: GELU()
    case .silu: SiLU()
    case .elu: ELU()
    case .tanh: Tanh()
    case .none: nil
    }
  }
}
