/// torchvision's MobileNet v2 of any width (Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
/// 2018).
struct MobileNetV2: ImageNetClassifier {
  /// Blocks that give as many channels; the first of them has the stride.
  private static let stages: [(width: Int, count: Int, stride: Int)] = [
    (16, 1, 1), (24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1),
  ]

  /// An inverted residual: a 1×1 convolution to many channels (the first block has none), one channel by channel, and
  /// one to few.
  private struct Block {
    var input: Int
    var hidden: Int
    var output: Int
    var stride: Int
    var expands: Bool
  }

  static let names = ["mobilenet_v2"]

  let name = "mobilenet_v2"
  let channels: Int
  let classes: Int
  private let stem: Int
  private let blocks: [Block]
  /// Channels before pooling.
  private let last: Int

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    channels = arguments["channels"] ?? shapes.size("features.0.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier.1") ?? 1000
    stem = shapes.size("features.0.0.weight", 0) ?? 32
    last = shapes.size("features.18.0.weight", 0) ?? 1280
    var blocks: [Block] = []
    for stage in Self.stages {
      for index in 0..<stage.count {
        let input = blocks.last?.output ?? stem
        let expands = !blocks.isEmpty
        let path = "features.\(blocks.count + 1).conv"
        let hidden = expands ? shapes.size("\(path).0.0.weight", 0) ?? 6 * input : input
        let output = shapes.size("\(path).\(expands ? 2 : 1).weight", 0) ?? stage.width
        let stride = index == 0 ? stage.stride : 1
        blocks.append(Block(input: input, hidden: hidden, output: output, stride: stride, expands: expands))
      }
    }
    self.blocks = blocks
  }

  var defaultLayer: (path: String, reason: String) { ("features.18", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let features = network.module("features", kind: "Sequential", network.input) { x in
      var x = convolution(network, "0", x, channels, stem, kernel: 3, stride: 2)
      for (index, block) in blocks.enumerated() {
        x = network.module("\(index + 1)", kind: "InvertedResidual", x) { self.block(network, $0, block) }
      }
      return convolution(network, "18", x, blocks.last?.output ?? stem, last, kernel: 1)
    }
    return network.head(
      "classifier", features, channels: last, width: last, pooled: { network.pooledFeatures($0) },
      usual: { x in
        network.module("classifier", kind: "Sequential", x) { x in
          network.linear("1", network.add(Identity.dropout, x, as: "0"), last, classes)
        }
      })
  }

  private func block(_ network: NetworkBuilder, _ x: Value, _ block: Block) -> Value {
    let y = network.module("conv", kind: "Sequential", x) { x in
      var y = x
      var next = 0
      if block.expands {
        y = convolution(network, "0", y, block.input, block.hidden, kernel: 1)
        next = 1
      }
      y = convolution(
        network, "\(next)", y, block.hidden, block.hidden, kernel: 3, stride: block.stride, groups: block.hidden)
      y = network.conv2d("\(next + 1)", y, block.hidden, block.output, kernel: 1)
      return network.batchNorm2d("\(next + 2)", y, block.output)
    }
    return block.stride == 1 && block.input == block.output ? network.function(Add(), x, y) : y
  }

  /// torchvision's `Conv2dNormActivation`, whose activation works in place.
  private func convolution(
    _ network: NetworkBuilder, _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int, stride: Int = 1,
    groups: Int = 1
  ) -> Value {
    network.module(name, kind: "Conv2dNormActivation", x) { x in
      let y = network.conv2d(
        "0", x, input, output, kernel: kernel, stride: stride, padding: kernel / 2, groups: groups)
      return network.add(Clip.relu6, network.batchNorm2d("1", y, output), as: "2", inPlace: true)
    }
  }
}
