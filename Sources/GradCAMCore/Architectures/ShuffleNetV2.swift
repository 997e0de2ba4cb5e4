/// torchvision's ShuffleNet v2 of any width (Ma et al., "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture
/// Design", 2018). Every ReLU works in place.
struct ShuffleNetV2: ImageNetClassifier {
  /// Output channels of the stem, the three stages and the last convolution.
  private static let variants = [
    (name: "shufflenet_v2_x0_5", widths: [24, 48, 96, 192, 1024]),
    (name: "shufflenet_v2_x1_0", widths: [24, 116, 232, 464, 1024]),
    (name: "shufflenet_v2_x1_5", widths: [24, 176, 352, 704, 1024]),
    (name: "shufflenet_v2_x2_0", widths: [24, 244, 488, 976, 2048]),
  ]
  private static let repeats = [4, 8, 4]
  private static let otherName = "shufflenet_v2"

  static let names = variants.map(\.name) + [otherName]

  let name: String
  let channels: Int
  let classes: Int
  /// Blocks a stage.
  private let blocks: [Int]
  private let widths: [Int]

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = Self.variants.first { $0.name == name }
    let usual = named?.widths ?? Self.variants[1].widths
    blocks = named == nil ? (2...4).map { shapes.blocks("stage\($0).") } : Self.repeats
    let stages = (2...4).map { stage in
      // A block joins two branches of half as many channels.
      shapes.size("stage\(stage).0.branch2.5.weight", 0).map { 2 * $0 } ?? usual[stage - 1]
    }
    let ends = [("conv1.0.weight", 0), ("conv5.0.weight", 4)].map { shapes.size($0.0, 0) ?? usual[$0.1] }
    widths = [ends[0]] + stages + [ends[1]]
    channels = arguments["channels"] ?? shapes.size("conv1.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("fc") ?? 1000
    let found = (blocks, widths)
    let same = Self.variants.first { found == (Self.repeats, $0.widths) }
    self.name = name ?? same?.name ?? Self.otherName
  }

  var defaultLayer: (path: String, reason: String) { ("conv5", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    var x = ending(network, "conv1", network.input, channels, widths[0], kernel: 3)
    x = network.add(MaxPool2d(kernel: (3, 3), stride: (2, 2), padding: Padding(1)), x, as: "maxpool")
    for (stage, count) in blocks.enumerated() {
      let (input, output) = (widths[stage], widths[stage + 1])
      x = network.module("stage\(stage + 2)", kind: "Sequential", x) { x in
        (0..<count).reduce(x) { x, index in
          network.module("\(index)", kind: "InvertedResidual", x) {
            block(network, $0, index > 0 ? nil : input, output)
          }
        }
      }
    }
    x = ending(network, "conv5", x, widths[3], widths[4], kernel: 1)
    return network.pooledClassifier("fc", x, widths[4], classes)
  }

  /// The first and the last convolution; the first halves the map.
  private func ending(
    _ network: NetworkBuilder, _ name: String, _ x: Value, _ input: Int, _ output: Int, kernel: Int
  ) -> Value {
    network.module(name, kind: "Sequential", x) { x in
      let y = network.conv2d(
        "0", x, input, output, kernel: kernel, stride: kernel == 3 ? 2 : 1, padding: kernel / 2)
      return network.add(ReLU(), network.batchNorm2d("1", y, output), as: "2", inPlace: true)
    }
  }

  /// - Parameter input: channels that come in where the block halves the map; nil where one half of them is handed on as it is.
  private func block(_ network: NetworkBuilder, _ x: Value, _ input: Int?, _ output: Int) -> Value {
    let half = output / 2
    let halves: [Value]
    if let input {
      let shortcut = network.module("branch1", kind: "Sequential", x) { x in
        var y = network.conv2d("0", x, input, input, kernel: 3, stride: 2, padding: 1, groups: input)
        y = network.conv2d("2", network.batchNorm2d("1", y, input), input, half, kernel: 1)
        return network.add(ReLU(), network.batchNorm2d("3", y, half), as: "4", inPlace: true)
      }
      halves = [shortcut, branch(network, x, input, half, stride: 2)]
    } else {
      let parts = [0..<half, half..<output].map { range in
        network.function(Slice([Slice.Range(axis: 1, start: range.lowerBound, end: range.upperBound)]), x)
      }
      halves = [parts[0], branch(network, parts[1], half, half, stride: 1)]
    }
    // The halves' channels alternate: what torchvision does by a view and a transposition.
    let order = (0..<half).flatMap { [$0, half + $0] }
    return network.function(Gather(axis: 1, indices: order), network.function(Concat(), halves))
  }

  private func branch(_ network: NetworkBuilder, _ x: Value, _ input: Int, _ width: Int, stride: Int) -> Value {
    network.module("branch2", kind: "Sequential", x) { x in
      var y = network.conv2d("0", x, input, width, kernel: 1)
      y = network.add(ReLU(), network.batchNorm2d("1", y, width), as: "2", inPlace: true)
      y = network.conv2d("3", y, width, width, kernel: 3, stride: stride, padding: 1, groups: width)
      y = network.conv2d("5", network.batchNorm2d("4", y, width), width, width, kernel: 1)
      return network.add(ReLU(), network.batchNorm2d("6", y, width), as: "7", inPlace: true)
    }
  }
}
