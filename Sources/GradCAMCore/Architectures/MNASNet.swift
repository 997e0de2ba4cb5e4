/// torchvision's MNASNet B1 of any width (Tan et al., "MnasNet: Platform-Aware Neural Architecture Search for Mobile", 2018), also
/// with the stem of its first version, whose width is the same in all.
struct MNASNet: ImageNetClassifier {
  /// Blocks that give as many channels; the first of them has the stride. Children 8 to 13 of `layers`.
  private static let stages: [(kernel: Int, stride: Int, count: Int)] = [
    (3, 2, 3), (5, 2, 3), (5, 2, 3), (3, 1, 2), (5, 2, 4), (3, 1, 1),
  ]
  /// Channels of the last stage tell which it is. The weights of two were trained with less around the middle.
  private static let variants: [(name: String, width: Int, input: TrainedInput)] = [
    ("mnasnet0_5", 160, .usual), ("mnasnet0_75", 240, TrainedInput(232, 224, isBicubic: false)),
    ("mnasnet1_0", 320, .usual), ("mnasnet1_3", 416, TrainedInput(232, 224, isBicubic: false)),
  ]
  private static let otherName = "mnasnet-torchvision"

  static let names = variants.map(\.name) + [otherName]

  let name: String
  let channels: Int
  let classes: Int
  /// Channels of the stem's convolutions: the first two have as many.
  private let stem: (first: Int, last: Int)
  /// Hidden channels and those that blocks give, by stage and block.
  private let widths: [[(hidden: Int, output: Int)]]
  /// Channels before pooling.
  private let last: Int
  private let trained: TrainedInput

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    channels = arguments["channels"] ?? shapes.size("layers.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier.1") ?? 1000
    stem = (shapes.size("layers.0.weight", 0) ?? 32, shapes.size("layers.6.weight", 0) ?? 16)
    last = shapes.size("layers.14.weight", 0) ?? 1280
    widths = Self.stages.enumerated().map { stage, blocks in
      (0..<blocks.count).map { index in
        let path = "layers.\(stage + 8).\(index).layers"
        return (shapes.size("\(path).0.weight", 0) ?? 48, shapes.size("\(path).6.weight", 0) ?? 24)
      }
    }
    let width = widths.last?.last?.output
    let variant = Self.variants.first { name == nil ? $0.width == width : $0.name == name }
    self.name = name ?? variant?.name ?? Self.otherName
    trained = variant?.input ?? .usual
  }

  var preprocessing: String { trained.preprocessing(channels: channels) }
  var defaultLayer: (path: String, reason: String) { ("layers", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let features = network.module("layers", kind: "Sequential", network.input) { x in
      var x = network.conv2d("0", x, channels, stem.first, kernel: 3, stride: 2, padding: 1)
      x = activated(network, x, stem.first, after: 0)
      x = network.conv2d("3", x, stem.first, stem.first, kernel: 3, padding: 1, groups: stem.first)
      x = activated(network, x, stem.first, after: 3)
      x = network.batchNorm2d("7", network.conv2d("6", x, stem.first, stem.last, kernel: 1), stem.last)
      var width = stem.last
      for (stage, blocks) in widths.enumerated() {
        x = network.module("\(stage + 8)", kind: "Sequential", x) { x in
          blocks.enumerated().reduce(x) { x, block in
            defer { width = block.element.output }
            let stride = block.offset == 0 ? Self.stages[stage].stride : 1
            return network.module("\(block.offset)", kind: "_InvertedResidual", x) {
              self.block(network, $0, width, block.element, kernel: Self.stages[stage].kernel, stride: stride)
            }
          }
        }
      }
      return activated(network, network.conv2d("14", x, width, last, kernel: 1), last, after: 14)
    }
    return network.dropoutClassifier(features, last, classes) { network.pooledFeatures($0) }
  }

  private func block(
    _ network: NetworkBuilder, _ x: Value, _ input: Int, _ widths: (hidden: Int, output: Int), kernel: Int, stride: Int
  ) -> Value {
    let y = network.module("layers", kind: "Sequential", x) { x in
      var y = activated(network, network.conv2d("0", x, input, widths.hidden, kernel: 1), widths.hidden, after: 0)
      y = network.conv2d(
        "3", y, widths.hidden, widths.hidden, kernel: kernel, stride: stride, padding: kernel / 2, groups: widths.hidden
      )
      y = network.conv2d("6", activated(network, y, widths.hidden, after: 3), widths.hidden, widths.output, kernel: 1)
      return network.batchNorm2d("7", y, widths.output)
    }
    return stride == 1 && input == widths.output ? network.function(Add(), y, x) : y
  }

  /// The batch norm and the ReLU that follow the child `index`.
  private func activated(_ network: NetworkBuilder, _ x: Value, _ width: Int, after index: Int) -> Value {
    network.add(ReLU(), network.batchNorm2d("\(index + 1)", x, width), as: "\(index + 2)", inPlace: true)
  }
}
