/// torchvision's ResNets (He et al., "Deep Residual Learning for Image Recognition", 2015), with their relatives:
/// ResNeXt (Xie et al., "Aggregated Residual Transformations for Deep Neural Networks", 2016), Wide ResNet (Zagoruyko
/// and Komodakis, "Wide Residual Networks", 2016), and timm's "d" variants, whose stem is three convolutions and whose
/// shortcuts average before they project (He et al., "Bag of Tricks for Image Classification with Convolutional Neural
/// Networks", 2018), and those with pools against aliasing (Zhang, "Making Convolutional Networks Shift-Invariant Again", 2019).
///
/// Bottlenecks have their stride in the 3×3 convolution, as torchvision's do. Every ReLU works in place, and a block adds its shortcut
/// in place: so in torchvision's resnet.py and in timm's.
struct ResNet: ImageNetClassifier {
  /// A ResNet of other block counts, or put together in another way, by its pools.
  private static let others = [
    (name: "resnet", pools: ResNetVariant.Pools.strides), ("resnetaa", .averages), ("resnetblur", .blurs),
  ]

  static let names = ResNetVariant.all.map(\.name) + others.map(\.name)

  let name: String
  let channels: Int
  let classes: Int
  private let blocks: [Int]
  private let isBottleneck: Bool
  /// Output channels of the stem's convolutions: one of 7×7, or three of 3×3.
  private let stem: [Int]
  /// Whether shortcuts that halve the feature map average it before their convolution.
  private let averages: Bool
  /// Channels of the first stage before expansion; they double from stage to stage.
  private let planes: Int
  /// Channels inside the first stage's bottlenecks, in `groups` groups.
  private let width: Int
  private let groups: Int
  private let pools: ResNetVariant.Pools
  /// Whether the user says which network it is.
  private let isNamed: Bool

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = ResNetVariant.all.first { $0.name == name }
    let pools = named?.pools ?? Self.others.first { $0.name == name }?.pools ?? .strides
    (self.pools, isNamed) = (pools, name != nil)
    let first = "layer1.0"
    blocks = named?.blocks ?? (1...4).map { shapes.blocks("layer\($0).") }
    isBottleneck = named?.isBottleneck ?? shapes.has("\(first).conv3.weight")
    averages = named?.isDeep ?? shapes.has("layer2.0.downsample.2.weight")
    let isDeep = named?.isDeep ?? shapes.has("conv1.0.weight")
    stem =
      isDeep
      ? [0, 3, 6].map { shapes.size("conv1.\($0).weight", 0) ?? ($0 < 6 ? 32 : 64) }
      : [shapes.size("conv1.weight", 0) ?? 64]
    let inner = shapes.size("\(first).conv1.weight", 0)
    planes = isBottleneck ? shapes.size("\(first).conv3.weight", 0).map { $0 / 4 } ?? 64 : inner ?? 64
    if let named {
      groups = named.groups
      width = named.width(planes: planes)
    } else {
      width = isBottleneck ? inner ?? planes : planes
      let groupWidth = shapes.size("\(first).conv2.weight", 1) ?? width
      groups = isBottleneck && width.isMultiple(of: groupWidth) ? width / groupWidth : 1
    }
    channels = arguments["channels"] ?? shapes.size("conv1\(isDeep ? ".0" : "").weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("fc") ?? 1000
    let found = (blocks, isBottleneck, groups, width)
    // timm's "t" variants have a stem that widens twice.
    let isKnown = isDeep == averages && (!isDeep || stem[0] == stem[1])
    let same = ResNetVariant.all.first { [planes] variant in
      found == (variant.blocks, variant.isBottleneck, variant.groups, variant.width(planes: planes))
        && isKnown && isDeep == variant.isDeep && pools == variant.pools
    }
    self.name = name ?? same?.name ?? Self.others[0].name
  }

  var defaultLayer: (path: String, reason: String) { ("layer4", "the last stage before pooling") }

  /// timm's networks have a ReLU of its own at every place, and another pooling module. Where the weights have the same
  /// names in both, torchvision's modules are taken.
  private var isTimm: Bool { hasTimmNames || pools != .strides }

  /// Whether the weights have names that only timm gives them.
  private var hasTimmNames: Bool { stem.count > 1 || averages }

  var lookAlikes: LookAlikes? {
    guard !isNamed else { return nil }
    return LookAlikes(
      names: Self.others.dropFirst().map(\.name), what: "timm's networks with averaging and with blurring pools",
      areLikely: hasTimmNames)
  }

  func build(_ network: NetworkBuilder) -> Value {
    var input = stem[stem.count - 1]
    var x = network.batchNorm2d("bn1", self.stem(network), input)
    x = network.add(ReLU(), x, as: isTimm ? "act1" : "relu", inPlace: true)
    x = stemPool(network, x, as: "maxpool")
    for (stage, count) in blocks.enumerated() {
      x = network.module("layer\(stage + 1)", kind: "Sequential", x) { x in
        (0..<count).reduce(x) { x, index in
          let stride = stage > 0 && index == 0 ? 2 : 1
          defer { input = (planes << stage) * (isBottleneck ? 4 : 1) }
          return network.module("\(index)", kind: isBottleneck ? "Bottleneck" : "BasicBlock", x) {
            block(network, $0, input: input, stage: stage, stride: stride)
          }
        }
      }
    }
    return network.pooledClassifier("fc", x, input, classes) { pooled(network, $0) }
  }

  private func stem(_ network: NetworkBuilder) -> Value {
    if stem.count == 1 {
      return network.conv2d("conv1", network.input, channels, stem[0], kernel: 7, stride: 2, padding: 3)
    }
    return network.module("conv1", kind: "Sequential", network.input) { x in
      var x = network.conv2d("0", x, channels, stem[0], kernel: 3, stride: 2, padding: 1)
      x = network.add(ReLU(), network.batchNorm2d("1", x, stem[0]), as: "2", inPlace: true)
      x = network.conv2d("3", x, stem[0], stem[1], kernel: 3, padding: 1)
      x = network.add(ReLU(), network.batchNorm2d("4", x, stem[1]), as: "5", inPlace: true)
      return network.conv2d("6", x, stem[1], stem[2], kernel: 3, padding: 1)
    }
  }

  private func stemPool(_ network: NetworkBuilder, _ x: Value, as name: String) -> Value {
    func maximum(stride: Int) -> MaxPool2d {
      MaxPool2d(kernel: (3, 3), stride: (stride, stride), padding: Padding(1))
    }
    switch pools {
    case .strides: return network.add(maximum(stride: 2), x, as: name)
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

  private func block(_ network: NetworkBuilder, _ x: Value, input: Int, stage: Int, stride: Int) -> Value {
    let (planes, width) = (planes << stage, width << stage)
    let output = isBottleneck ? planes * 4 : planes
    let activated = { (y: Value, number: Int) in
      network.add(ReLU(), y, as: isTimm ? "act\(number)" : "relu", inPlace: true)
    }
    let inner = pools == .strides ? stride : 1
    var y: Value
    if isBottleneck {
      y = network.batchNorm2d("bn1", network.conv2d("conv1", x, input, width, kernel: 1), width)
      y = network.conv2d(
        "conv2", activated(y, 1), width, width, kernel: 3, stride: inner, padding: 1, groups: groups)
      y = antialiased(network, activated(network.batchNorm2d("bn2", y, width), 2), stride: stride)
      y = network.batchNorm2d("bn3", network.conv2d("conv3", y, width, output, kernel: 1), output)
    } else {
      y = network.conv2d("conv1", x, input, planes, kernel: 3, stride: inner, padding: 1)
      y = antialiased(network, activated(network.batchNorm2d("bn1", y, planes), 1), stride: stride)
      y = network.batchNorm2d("bn2", network.conv2d("conv2", y, planes, planes, kernel: 3, padding: 1), planes)
    }
    let projects = stride != 1 || input != output
    let shortcut = projects ? projection(network, x, input, output, stride: stride) : x
    return activated(network.function(Add(), y, shortcut, inPlace: true), isBottleneck ? 3 : 2)
  }

  private func projection(_ network: NetworkBuilder, _ x: Value, _ input: Int, _ output: Int, stride: Int) -> Value {
    network.module("downsample", kind: "Sequential", x) { x in
      guard averages else {
        return network.batchNorm2d("1", network.conv2d("0", x, input, output, kernel: 1, stride: stride), output)
      }
      let average = AvgPool2d(kernel: (2, 2), ceilMode: true, countIncludePad: false)
      let pooled = network.add(stride == 1 ? Identity() : average as any Operation, x, as: "0")
      return network.batchNorm2d("2", network.conv2d("1", pooled, input, output, kernel: 1), output)
    }
  }
}
