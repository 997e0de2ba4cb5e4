extension ResNet {
  func build(_ network: NetworkBuilder) -> Value {
    var input = stem.widths[stem.widths.count - 1]
    var x = network.batchNorm2d("bn1", self.stem(network), input)
    x = network.add(ReLU(), x, as: isTimm ? "act1" : "relu", inPlace: true)
    if stem.pool > 1 { x = stemPool(network, x, as: "maxpool") }
    for (stage, count) in blocks.enumerated() {
      x = network.module("layer\(stage + 1)", kind: "Sequential", x) { x in
        (0..<count).reduce(x) { x, index in
          let stride = stage > 0 && index == 0 ? 2 : 1
          defer { input = planes[stage] * (isBottleneck ? 4 : 1) }
          return network.module("\(index)", kind: isBottleneck ? "Bottleneck" : "BasicBlock", x) {
            block(network, $0, index, input: input, stage: stage, stride: stride)
          }
        }
      }
    }
    return network.pooledClassifier("fc", x, input, classes) { pooled(network, $0) }
  }

  private func stem(_ network: NetworkBuilder) -> Value {
    let widths = stem.widths
    guard stem.isDeep else {
      return network.conv2d(
        "conv1", network.input, channels, widths[0], kernel: stem.kernel, stride: stem.stride, padding: stem.kernel / 2)
    }
    return network.module("conv1", kind: "Sequential", network.input) { x in
      var x = network.conv2d("0", x, channels, widths[0], kernel: 3, stride: stem.stride, padding: 1)
      x = network.add(ReLU(), network.batchNorm2d("1", x, widths[0]), as: "2", inPlace: true)
      x = network.conv2d("3", x, widths[0], widths[1], kernel: 3, padding: 1)
      x = network.add(ReLU(), network.batchNorm2d("4", x, widths[1]), as: "5", inPlace: true)
      return network.conv2d("6", x, widths[1], widths[2], kernel: 3, padding: 1)
    }
  }

  private func stemPool(_ network: NetworkBuilder, _ x: Value, as name: String) -> Value {
    func maximum(stride: Int) -> MaxPool2d {
      MaxPool2d(kernel: (3, 3), stride: (stride, stride), padding: Padding(1))
    }
    switch pools {
    case .strides: return network.add(maximum(stride: stem.pool), x, as: name)
    case .averages: return network.add(AvgPool2d(kernel: (2, 2)), x, as: name)
    case .blurs:
      return network.module(name, kind: "Sequential", x) { x in
        network.blurPool2d("1", network.add(maximum(stride: 1), x, as: "0"))
      }
    }
  }

  /// What follows a convolution that would halve the feature map by its stride: timm's `aa`.
  private func antialiased(_ network: NetworkBuilder, _ x: Value, stride: Int) -> Value {
    switch pools {
    case .averages where stride == 2: network.add(AvgPool2d(kernel: (2, 2)), x, as: "aa")
    case .blurs where stride == 2: network.blurPool2d("aa", x)
    default: x
    }
  }

  private func pooled(_ network: NetworkBuilder, _ x: Value) -> Value {
    guard isTimm else { return network.function(Flatten(), network.add(AdaptiveAvgPool2d(), x, as: "avgpool")) }
    return network.module("global_pool", kind: "SelectAdaptivePool2d", x) { x in
      network.add(Flatten(), network.add(AdaptiveAvgPool2d(), x, as: "pool"), as: "flatten")
    }
  }

  private func block(
    _ network: NetworkBuilder, _ x: Value, _ index: Int, input: Int, stage: Int, stride: Int
  ) -> Value {
    let output = planes[stage] * (isBottleneck ? 4 : 1)
    var y =
      isBottleneck
      ? bottleneck(network, x, input, stage: stage, stride: stride)
      : basic(network, x, input, planes[stage], stride: stride)
    if let width = gates?[stage][index] {
      y = network.module("se", kind: "SEModule", y) { gate(network, $0, output, width) }
    }
    let projects = stride != 1 || input != output
    let shortcut = projects ? projection(network, x, input, output, stride: stride) : x
    return activated(network, network.function(Add(), y, shortcut, inPlace: true), isBottleneck ? 3 : 2)
  }

  private func activated(_ network: NetworkBuilder, _ x: Value, _ number: Int) -> Value {
    network.add(ReLU(), x, as: isTimm ? "act\(number)" : "relu", inPlace: true)
  }

  private func bottleneck(
    _ network: NetworkBuilder, _ x: Value, _ input: Int, stage: Int, stride: Int
  ) -> Value {
    let (width, output) = (widths[stage], planes[stage] * 4)
    let strides = strided == 1 ? (stride, 1) : (1, pools == .strides ? stride : 1)
    var y = network.conv2d("conv1", x, input, width, kernel: 1, stride: strides.0)
    y = network.conv2d(
      "conv2", activated(network, network.batchNorm2d("bn1", y, width), 1), width, width, kernel: 3, stride: strides.1,
      padding: 1, groups: groups)
    y = antialiased(network, activated(network, network.batchNorm2d("bn2", y, width), 2), stride: stride)
    return network.batchNorm2d("bn3", network.conv2d("conv3", y, width, output, kernel: 1), output)
  }

  private func basic(_ network: NetworkBuilder, _ x: Value, _ input: Int, _ width: Int, stride: Int) -> Value {
    let inner = pools == .strides ? stride : 1
    var y = network.conv2d("conv1", x, input, width, kernel: 3, stride: inner, padding: 1)
    y = antialiased(network, activated(network, network.batchNorm2d("bn1", y, width), 1), stride: stride)
    return network.batchNorm2d("bn2", network.conv2d("conv2", y, width, width, kernel: 3, padding: 1), width)
  }

  /// Scales channels by what two convolutions make of their means: timm's `SEModule`.
  private func gate(_ network: NetworkBuilder, _ x: Value, _ channels: Int, _ width: Int) -> Value {
    var y = network.conv2d("fc1", network.function(AdaptiveAvgPool2d(), x), channels, width, kernel: 1, bias: true)
    y = network.conv2d("fc2", network.add(ReLU(), y, as: "act", inPlace: true), width, channels, kernel: 1, bias: true)
    return network.function(Mul(), x, network.add(Sigmoid(), y, as: "gate"))
  }

  private func projection(_ network: NetworkBuilder, _ x: Value, _ input: Int, _ output: Int, stride: Int) -> Value {
    network.module("downsample", kind: "Sequential", x) { x in
      guard averages else {
        let y = network.conv2d("0", x, input, output, kernel: 1, stride: stride, bias: hasShortcutBias)
        return network.batchNorm2d("1", y, output)
      }
      let average = AvgPool2d(kernel: (2, 2), ceilMode: true, countIncludePad: false)
      let pooled = network.add(stride == 1 ? Identity() : average as any Operation, x, as: "0")
      return network.batchNorm2d("2", network.conv2d("1", pooled, input, output, kernel: 1), output)
    }
  }
}
