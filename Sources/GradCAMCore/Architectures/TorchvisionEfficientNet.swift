/// torchvision's EfficientNets (Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", 2019, and
/// "EfficientNetV2: Smaller Models and Faster Training", 2021).
///
/// Kernels, strides, what is added to variances and input sizes are those of torchvision's efficientnet.py and of its weights
/// `IMAGENET1K_V1`.
struct TorchvisionEfficientNet: ImageNetClassifier {
  /// A network that has a name.
  private struct Variant {
    var name: String
    var depths: [Int]
    /// Channels of the stem and before pooling, which tell variants of the same depths apart.
    var ends: [Int]
    var input: TrainedInput
    /// Added to variances by batch norms: the small v1 networks leave it at PyTorch's default.
    var eps = 1e-3
  }

  /// One inverted residual; a fused one has one convolution instead of the expanding and the depthwise one.
  private struct Block {
    var isFused: Bool
    var expands: Bool
    var input: Int
    var hidden: Int
    var output: Int
    var kernel: Int
    var stride: Int
    var squeeze: Int
  }

  private static let variants = [
    Variant(
      name: "efficientnet_b0", depths: [1, 2, 2, 3, 3, 4, 1], ends: [32, 1280], input: TrainedInput(256, 224), eps: 1e-5
    ),
    Variant(
      name: "efficientnet_b1", depths: [2, 3, 3, 4, 4, 5, 2], ends: [32, 1280], input: TrainedInput(256, 240), eps: 1e-5
    ),
    Variant(
      name: "efficientnet_b2", depths: [2, 3, 3, 4, 4, 5, 2], ends: [32, 1408], input: TrainedInput(288, 288), eps: 1e-5
    ),
    Variant(
      name: "efficientnet_b3", depths: [2, 3, 3, 5, 5, 6, 2], ends: [40, 1536], input: TrainedInput(320, 300), eps: 1e-5
    ),
    Variant(
      name: "efficientnet_b4", depths: [2, 4, 4, 6, 6, 8, 2], ends: [48, 1792], input: TrainedInput(384, 380), eps: 1e-5
    ),
    Variant(name: "efficientnet_b5", depths: [3, 5, 5, 7, 7, 9, 3], ends: [48, 2048], input: TrainedInput(456, 456)),
    Variant(name: "efficientnet_b6", depths: [3, 6, 6, 8, 8, 11, 3], ends: [56, 2304], input: TrainedInput(528, 528)),
    Variant(
      name: "efficientnet_b7", depths: [4, 7, 7, 10, 10, 13, 4], ends: [64, 2560], input: TrainedInput(600, 600)),
    Variant(
      name: "efficientnet_v2_s", depths: [2, 4, 4, 6, 9, 15], ends: [24, 1280],
      input: TrainedInput(384, 384, isBicubic: false)),
    Variant(
      name: "efficientnet_v2_m", depths: [3, 5, 5, 7, 14, 18, 5], ends: [24, 1280],
      input: TrainedInput(480, 480, isBicubic: false)),
    Variant(
      name: "efficientnet_v2_l", depths: [4, 7, 7, 10, 19, 25, 7], ends: [32, 1280], input: TrainedInput(480, 480)),
  ]
  /// Networks of the same making with other depths or widths.
  private static let others = (v1: "efficientnet", v2: "efficientnet_v2")

  /// The depthwise convolutions' kernels in v1, by stage.
  private static let kernels = [3, 3, 5, 3, 5, 5, 3]
  private static let strides = [1, 2, 2, 2, 1, 2, 1]

  static let names = variants.map(\.name) + [others.v1, others.v2]

  let name: String
  let channels: Int
  let classes: Int
  private let stem: Int
  private let stages: [[Block]]
  /// Channels before pooling.
  private let last: Int
  private let eps: Double
  private let trained: TrainedInput

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = Self.variants.first { $0.name == name }
    // The first stage of v1 squeezes, and has blocks that do not expand.
    let isV1 = named.map { !$0.name.contains("_v2") } ?? (name.map { $0 == Self.others.v1 }) ?? Self.squeezes(shapes)
    let first = "features.1.0.block.0.0.weight"
    let last = (2...9).first { shapes.has("features.\($0).0.weight") } ?? 8
    let count = isV1 ? 7 : min(max(last - 1, 6), 7)
    let found = (1...count).map { shapes.has(first) ? shapes.blocks("features.\($0).", limit: 128) : 1 }
    let depths = named?.depths ?? found
    stem = shapes.size("features.0.0.weight", 0) ?? 32
    self.last = shapes.size("features.\(depths.count + 1).0.weight", 0) ?? 1280
    let ends = [stem, self.last]
    let variant = named ?? Self.variants.first { $0.depths == depths && $0.ends == ends && name == nil }
    self.name = variant?.name ?? (isV1 ? Self.others.v1 : Self.others.v2)
    eps = variant?.eps ?? (isV1 ? 1e-5 : 1e-3)
    trained = variant?.input ?? TrainedInput(256, 224)
    channels = arguments["channels"] ?? shapes.size("features.0.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier.1") ?? 1000
    var width = stem
    stages = depths.indices.map { stage in
      (0..<depths[stage]).map { index in
        let isFused = !isV1 && stage < 3
        let kernel = isV1 ? Self.kernels[stage] : 3
        let stride = index == 0 ? Self.strides[stage] : 1
        let path = "features.\(stage + 1).\(index).block"
        let block = Self.block(path, isFused, input: width, kernel: kernel, stride: stride, shapes)
        width = block.output
        return block
      }
    }
  }

  private static func squeezes(_ shapes: ParameterShapes) -> Bool {
    shapes.has("features.1.0.block.1.fc1.weight") || !shapes.has("features.1.0.block.0.0.weight")
  }

  private static func block(
    _ path: String, _ isFused: Bool, input: Int, kernel: Int, stride: Int, _ shapes: ParameterShapes
  ) -> Block {
    if isFused {
      let expands = shapes.has("\(path).1.0.weight")
      let hidden = shapes.size("\(path).0.0.weight", 0) ?? input
      let output = expands ? shapes.size("\(path).1.0.weight", 0) ?? input : hidden
      return Block(
        isFused: true, expands: expands, input: input, hidden: hidden, output: output, kernel: kernel, stride: stride,
        squeeze: 0)
    }
    let expands = shapes.has("\(path).2.fc1.weight")
    let hidden = expands ? shapes.size("\(path).0.0.weight", 0) ?? input : input
    return Block(
      isFused: false, expands: expands, input: input, hidden: hidden,
      output: shapes.size("\(path).\(expands ? 3 : 2).0.weight", 0) ?? input, kernel: kernel, stride: stride,
      squeeze: shapes.size("\(path).\(expands ? 2 : 1).fc1.weight", 0) ?? max(1, input / 4))
  }

  var input: InputSize { trained.size(channels: channels) }
  var preprocessing: String { trained.preprocessing(channels: channels) }
  var defaultLayer: (path: String, reason: String) {
    ("features.\(stages.count + 1)", "the last feature map before pooling")
  }

  func build(_ network: NetworkBuilder) -> Value {
    let features = network.module("features", kind: "Sequential", network.input) { x in
      var x = network.convNormActivation("0", x, channels, stem, kernel: 3, stride: 2, eps: eps, .silu)
      for (stage, blocks) in stages.enumerated() {
        x = network.module("\(stage + 1)", kind: "Sequential", x) { x in
          blocks.enumerated().reduce(x) { x, block in
            network.module("\(block.offset)", kind: block.element.isFused ? "FusedMBConv" : "MBConv", x) {
              self.block(network, $0, block.element)
            }
          }
        }
      }
      let width = stages.last?.last?.output ?? stem
      return network.convNormActivation("\(stages.count + 1)", x, width, last, kernel: 1, eps: eps, .silu)
    }
    return network.dropoutClassifier(features, last, classes)
  }

  private func block(_ network: NetworkBuilder, _ x: Value, _ block: Block) -> Value {
    let y = network.module("block", kind: "Sequential", x) { x in
      block.isFused ? fused(network, x, block) : inverted(network, x, block)
    }
    let isResidual = block.stride == 1 && block.input == block.output
    return isResidual ? network.function(Add(), y, x, inPlace: true) : y
  }

  private func inverted(_ network: NetworkBuilder, _ x: Value, _ block: Block) -> Value {
    var x = x
    var next = 0
    if block.expands {
      x = network.convNormActivation("0", x, block.input, block.hidden, kernel: 1, eps: eps, .silu)
      next = 1
    }
    x = network.convNormActivation(
      "\(next)", x, block.hidden, block.hidden, kernel: block.kernel, stride: block.stride, groups: block.hidden,
      eps: eps,
      .silu)
    x = network.squeezeExcitation("\(next + 1)", x, block.hidden, squeeze: block.squeeze, SiLU())
    return network.convNormActivation("\(next + 2)", x, block.hidden, block.output, kernel: 1, eps: eps, .none)
  }

  private func fused(_ network: NetworkBuilder, _ x: Value, _ block: Block) -> Value {
    let y = network.convNormActivation(
      "0", x, block.input, block.hidden, kernel: block.kernel, stride: block.stride, eps: eps, .silu)
    guard block.expands else { return y }
    return network.convNormActivation("1", y, block.hidden, block.output, kernel: 1, eps: eps, .none)
  }
}
