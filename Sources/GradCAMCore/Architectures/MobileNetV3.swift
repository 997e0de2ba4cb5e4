/// torchvision's MobileNet v3, large and small, of any width (Howard et al., "Searching for MobileNetV3", 2019).
///
/// Strides and activations are those of torchvision's mobilenetv3.py; kernels, widths and gates are read from the shapes.
struct MobileNetV3: ImageNetClassifier {
  private struct Variant {
    var name: String
    /// By block.
    var strides: [Int]
    /// The first block whose activation is a hard swish; those before it have a ReLU.
    var firstSwish: Int
    /// Channels before pooling, and of the classifier's hidden layer.
    var widths: (last: Int, hidden: Int)
  }

  /// One inverted residual. One whose hidden channels are as many as its input's does not expand.
  private struct Block {
    var input: Int
    var hidden: Int
    var output: Int
    var kernel: Int
    var stride: Int
    var squeeze: Int?
    var expands: Bool
    var swishes: Bool
  }

  private static let variants = [
    Variant(
      name: "mobilenet_v3_large", strides: [1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1], firstSwish: 6,
      widths: (960, 1280)),
    Variant(
      name: "mobilenet_v3_small", strides: [2, 2, 1, 2, 1, 1, 1, 1, 2, 1, 1], firstSwish: 3, widths: (576, 1024)),
  ]

  static let names = variants.map(\.name)

  let name: String
  let channels: Int
  let classes: Int
  private let stem: Int
  private let blocks: [Block]
  /// Channels before pooling.
  private let last: Int
  /// Size of the classifier's hidden layer.
  private let hidden: Int

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let found = Self.variants.first { shapes.has("features.\($0.strides.count + 1).0.weight") }
    let variant = Self.variants.first { $0.name == name } ?? found ?? Self.variants[0]
    self.name = variant.name
    channels = arguments["channels"] ?? shapes.size("features.0.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier.3") ?? 1000
    stem = shapes.size("features.0.0.weight", 0) ?? 16
    last = shapes.size("features.\(variant.strides.count + 1).0.weight", 0) ?? variant.widths.last
    hidden = shapes.size("classifier.0.weight", 0) ?? variant.widths.hidden
    var width = stem
    blocks = variant.strides.enumerated().map { index, stride in
      let block = Self.block(
        "features.\(index + 1).block", input: width, stride: stride, swishes: index >= variant.firstSwish, shapes)
      width = block.output
      return block
    }
  }

  private static func block(
    _ path: String, input: Int, stride: Int, swishes: Bool, _ shapes: ParameterShapes
  ) -> Block {
    // The depthwise convolution is the only one with a kernel of several positions.
    let expands = shapes.size("\(path).0.0.weight", 2) == 1
    let depthwise = expands ? 1 : 0
    let squeeze = shapes.size("\(path).\(depthwise + 1).fc1.weight", 0)
    let project = depthwise + (squeeze == nil ? 1 : 2)
    return Block(
      input: input, hidden: expands ? shapes.size("\(path).0.0.weight", 0) ?? input : input,
      output: shapes.size("\(path).\(project).0.weight", 0) ?? input,
      kernel: shapes.kernel("\(path).\(depthwise).0.weight") ?? 3, stride: stride, squeeze: squeeze, expands: expands,
      swishes: swishes)
  }

  var defaultLayer: (path: String, reason: String) {
    ("features.\(blocks.count + 1)", "the last feature map before pooling")
  }

  func build(_ network: NetworkBuilder) -> Value {
    let features = network.module("features", kind: "Sequential", network.input) { x in
      var x = network.convNormActivation("0", x, channels, stem, kernel: 3, stride: 2, eps: Self.eps, .hardSwish)
      for (index, block) in blocks.enumerated() {
        x = network.module("\(index + 1)", kind: "InvertedResidual", x) { self.block(network, $0, block) }
      }
      let width = blocks.last?.output ?? stem
      return network.convNormActivation("\(blocks.count + 1)", x, width, last, kernel: 1, eps: Self.eps, .hardSwish)
    }
    return network.head(
      "classifier", features, channels: last, width: last, pooled: { network.pooledByModule($0) },
      usual: { network.module("classifier", kind: "Sequential", $0) { classifier(network, $0) } })
  }

  private func classifier(_ network: NetworkBuilder, _ x: Value) -> Value {
    let y = network.add(HardSwish(), network.linear("0", x, last, hidden), as: "1", inPlace: true)
    return network.linear("3", network.add(Identity.dropout, y, as: "2"), hidden, classes)
  }

  private static let eps = 1e-3

  private func block(_ network: NetworkBuilder, _ x: Value, _ block: Block) -> Value {
    let y = network.module("block", kind: "Sequential", x) { x in
      let activation: ActivationLayer = block.swishes ? .hardSwish : .relu
      var y = x
      var next = 0
      if block.expands {
        y = network.convNormActivation("0", y, block.input, block.hidden, kernel: 1, eps: Self.eps, activation)
        next += 1
      }
      y = network.convNormActivation(
        "\(next)", y, block.hidden, block.hidden, kernel: block.kernel, stride: block.stride, groups: block.hidden,
        eps: Self.eps, activation)
      next += 1
      if let squeeze = block.squeeze {
        y = network.squeezeExcitation("\(next)", y, block.hidden, squeeze: squeeze, ReLU(), gate: HardSigmoid())
        next += 1
      }
      return network.convNormActivation("\(next)", y, block.hidden, block.output, kernel: 1, eps: Self.eps, .none)
    }
    let isResidual = block.stride == 1 && block.input == block.output
    return isResidual ? network.function(Add(), y, x, inPlace: true) : y
  }
}
