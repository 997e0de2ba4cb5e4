/// torchvision's VGG networks of 11 to 19 layers, with and without batch norms (Simonyan and Zisserman, "Very Deep
/// Convolutional Networks for Large-Scale Image Recognition", 2014). Every ReLU works in place.
struct VGG: ImageNetClassifier {
  /// Convolutions a stage, by depth; each stage ends in a pooling.
  private static let depths: [(depth: Int, stages: [Int])] = [
    (11, [1, 1, 2, 2, 2]), (13, [2, 2, 2, 2, 2]), (16, [2, 2, 3, 3, 3]), (19, [2, 2, 4, 4, 4]),
  ]

  static let names = depths.flatMap { ["vgg\($0.depth)", "vgg\($0.depth)_bn"] }

  let name: String
  let channels: Int
  let classes: Int
  private let stages: [Int]
  private let hasNorms: Bool
  /// Output channels of the convolutions.
  private let widths: [Int]
  /// Sizes of the two hidden layers of the classifier.
  private let hidden: [Int]

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let hasNorms = name?.hasSuffix("_bn") ?? shapes.has("features.1.weight")
    let places = Self.depths.map { Self.places($0.stages, hasNorms: hasNorms) }
    let named = Self.depths.firstIndex { name == "vgg\($0.depth)" || name == "vgg\($0.depth)_bn" }
    // Without a name, the deepest whose last convolution is there.
    let found = places.lastIndex { $0.last.map { shapes.has("features.\($0).weight") } ?? false }
    let index = named ?? found ?? 0
    let (depth, stages) = Self.depths[index]
    self.name = name ?? "vgg\(depth)\(hasNorms ? "_bn" : "")"
    (self.stages, self.hasNorms) = (stages, hasNorms)
    let usual = stages.indices.flatMap { [Int](repeating: min(64 << $0, 512), count: stages[$0]) }
    widths = zip(places[index], usual).map { shapes.size("features.\($0).weight", 0) ?? $1 }
    hidden = [0, 3].map { shapes.size("classifier.\($0).weight", 0) ?? 4096 }
    channels = arguments["channels"] ?? shapes.size("features.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier.6") ?? 1000
  }

  /// The numbers of the convolutions among the children of `features`.
  private static func places(_ stages: [Int], hasNorms: Bool) -> [Int] {
    var next = 0
    return stages.flatMap { count in
      let places = (0..<count).map { next + $0 * (hasNorms ? 3 : 2) }
      next += count * (hasNorms ? 3 : 2) + 1
      return places
    }
  }

  var defaultLayer: (path: String, reason: String) {
    let last = widths.count * (hasNorms ? 3 : 2) + stages.count - 2
    return ("features.\(last)", "the last feature map before pooling")
  }

  func build(_ network: NetworkBuilder) -> Value {
    let x = network.module("features", kind: "Sequential", network.input) { features(network, $0) }
    let width = widths.last ?? 0
    return network.head(
      "classifier", x, channels: width, width: width * 49,
      pooled: { network.function(Flatten(), network.add(AdaptiveAvgPool2d((7, 7)), $0, as: "avgpool")) },
      usual: { network.module("classifier", kind: "Sequential", $0) { classifier(network, $0, width * 49) } })
  }

  private func classifier(_ network: NetworkBuilder, _ x: Value, _ input: Int) -> Value {
    var x = network.add(ReLU(), network.linear("0", x, input, hidden[0]), as: "1", inPlace: true)
    x = network.linear("3", network.add(Identity.dropout, x, as: "2"), hidden[0], hidden[1])
    x = network.add(Identity.dropout, network.add(ReLU(), x, as: "4", inPlace: true), as: "5")
    return network.linear("6", x, hidden[1], classes)
  }

  private func features(_ network: NetworkBuilder, _ x: Value) -> Value {
    var x = x
    var place = 0
    var width = channels
    var outputs = widths[...]
    for count in stages {
      for output in outputs.prefix(count) {
        x = network.conv2d("\(place)", x, width, output, kernel: 3, padding: 1, bias: true)
        if hasNorms { x = network.batchNorm2d("\(place + 1)", x, output) }
        place += hasNorms ? 3 : 2
        x = network.add(ReLU(), x, as: "\(place - 1)", inPlace: true)
        width = output
      }
      outputs = outputs.dropFirst(count)
      x = network.add(MaxPool2d(kernel: (2, 2)), x, as: "\(place)")
      place += 1
    }
    return x
  }
}
