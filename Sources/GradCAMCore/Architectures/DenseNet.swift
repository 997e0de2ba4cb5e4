/// torchvision's DenseNets of 121 to 201 layers, and others of four blocks (Huang et al., "Densely Connected
/// Convolutional Networks", 2016). Every ReLU works in place, also the function behind the last norm: so in torchvision's densenet.py.
struct DenseNet: ImageNetClassifier {
  private static let depths: [(name: String, layers: [Int])] = [
    ("densenet121", [6, 12, 24, 16]), ("densenet161", [6, 12, 36, 24]),
    ("densenet169", [6, 12, 32, 32]), ("densenet201", [6, 12, 48, 32]),
  ]
  private static let otherName = "densenet"

  static let names = depths.map(\.name) + [otherName]

  let name: String
  let channels: Int
  let classes: Int
  /// Layers a block.
  private let layers: [Int]
  /// Channels before the first block.
  private let stem: Int
  /// Channels that each layer adds.
  private let growth: Int
  /// Channels between a layer's two convolutions.
  private let bottleneck: Int
  /// Whether names are those of the first files that torchvision published: `norm.1` for `norm1`.
  private let hasOldNames: Bool

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = Self.depths.first { $0.name == name }
    let found = (1...4).map { shapes.blocks("features.denseblock\($0).denselayer") }
    layers = named?.layers ?? found
    self.name = name ?? Self.depths.first { $0.layers == found }?.name ?? Self.otherName
    let first = "features.denseblock1.denselayer1"
    hasOldNames = shapes.has("\(first).conv.1.weight")
    let isWide = self.name == "densenet161"
    growth = shapes.size("\(first).conv\(hasOldNames ? ".2" : "2").weight", 0) ?? (isWide ? 48 : 32)
    bottleneck = shapes.size("\(first).conv\(hasOldNames ? ".1" : "1").weight", 0) ?? 4 * growth
    stem = shapes.size("features.conv0.weight", 0) ?? (isWide ? 96 : 64)
    channels = arguments["channels"] ?? shapes.size("features.conv0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier") ?? 1000
  }

  var defaultLayer: (path: String, reason: String) { ("relu", "the ReLU after the last norm, before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    var width = stem
    let features = network.module("features", kind: "Sequential", network.input) { x in
      var x = network.conv2d("conv0", x, channels, stem, kernel: 7, stride: 2, padding: 3)
      x = network.add(ReLU(), network.batchNorm2d("norm0", x, stem), as: "relu0", inPlace: true)
      x = network.add(MaxPool2d(kernel: (3, 3), stride: (2, 2), padding: Padding(1)), x, as: "pool0")
      for (index, count) in layers.enumerated() {
        x = network.module("denseblock\(index + 1)", kind: "_DenseBlock", x) {
          block(network, $0, width, layers: count)
        }
        width += count * growth
        guard index < layers.count - 1 else { break }
        x = network.module("transition\(index + 1)", kind: "_Transition", x) { transition(network, $0, width) }
        width /= 2
      }
      return network.batchNorm2d("norm5", x, width)
    }
    let activated = network.function(ReLU(), features, inPlace: true)
    return network.pooledClassifier("classifier", activated, width, classes)
  }

  /// Each layer sees what all layers before it gave.
  private func block(_ network: NetworkBuilder, _ x: Value, _ input: Int, layers: Int) -> Value {
    return (0..<layers).reduce(x) { x, index in
      let new = network.module("denselayer\(index + 1)", kind: "_DenseLayer", x) {
        layer(network, $0, input + index * growth)
      }
      return network.function(Concat(), x, new)
    }
  }

  private func layer(_ network: NetworkBuilder, _ x: Value, _ input: Int) -> Value {
    let stored = { (name: String, number: Int) in hasOldNames ? "\(name).\(number)" : "\(name)\(number)" }
    var y = network.batchNorm2d("norm1", x, input, stored: stored("norm", 1))
    y = network.add(ReLU(), y, as: "relu1", inPlace: true)
    y = network.conv2d("conv1", y, input, bottleneck, kernel: 1, stored: stored("conv", 1))
    y = network.batchNorm2d("norm2", y, bottleneck, stored: stored("norm", 2))
    y = network.add(ReLU(), y, as: "relu2", inPlace: true)
    return network.conv2d("conv2", y, bottleneck, growth, kernel: 3, padding: 1, stored: stored("conv", 2))
  }

  private func transition(_ network: NetworkBuilder, _ x: Value, _ input: Int) -> Value {
    let y = network.add(ReLU(), network.batchNorm2d("norm", x, input), as: "relu", inPlace: true)
    return network.add(AvgPool2d(kernel: (2, 2)), network.conv2d("conv", y, input, input / 2, kernel: 1), as: "pool")
  }
}
