/// torchvision's AlexNet (Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014). Every ReLU works in place.
struct AlexNet: ImageNetClassifier {
  /// A convolution with a ReLU behind it and, after some, a pooling: consecutive children of `features`.
  private struct Stage {
    var index: Int
    var width: Int
    var kernel: Int
    var stride = 1
    var padding: Int
    var isPooled = false
  }

  private static let stages = [
    Stage(index: 0, width: 64, kernel: 11, stride: 4, padding: 2, isPooled: true),
    Stage(index: 3, width: 192, kernel: 5, padding: 2, isPooled: true),
    Stage(index: 6, width: 384, kernel: 3, padding: 1),
    Stage(index: 8, width: 256, kernel: 3, padding: 1),
    Stage(index: 10, width: 256, kernel: 3, padding: 1, isPooled: true),
  ]

  static let names = ["alexnet"]

  let name = "alexnet"
  let channels: Int
  let classes: Int
  private let widths: [Int]
  /// Sizes of the two hidden layers of the classifier.
  private let hidden: [Int]

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    channels = arguments["channels"] ?? shapes.size("features.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier.6") ?? 1000
    widths = Self.stages.map { shapes.size("features.\($0.index).weight", 0) ?? $0.width }
    hidden = [1, 4].map { shapes.size("classifier.\($0).weight", 0) ?? 4096 }
  }

  var defaultLayer: (path: String, reason: String) { ("features.11", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    var width = channels
    let x = network.module("features", kind: "Sequential", network.input) { x in
      zip(Self.stages, widths).reduce(x) { x, stage in
        defer { width = stage.1 }
        return self.stage(network, x, stage.0, input: width, output: stage.1)
      }
    }
    return network.head(
      "classifier", x, channels: width, width: width * 36,
      pooled: { network.function(Flatten(), network.add(AdaptiveAvgPool2d((6, 6)), $0, as: "avgpool")) },
      usual: { network.module("classifier", kind: "Sequential", $0) { classifier(network, $0, width * 36) } })
  }

  private func classifier(_ network: NetworkBuilder, _ x: Value, _ input: Int) -> Value {
    var x = network.linear("1", network.add(Identity.dropout, x, as: "0"), input, hidden[0])
    x = network.add(Identity.dropout, network.add(ReLU(), x, as: "2", inPlace: true), as: "3")
    x = network.add(ReLU(), network.linear("4", x, hidden[0], hidden[1]), as: "5", inPlace: true)
    return network.linear("6", x, hidden[1], classes)
  }

  private func stage(_ network: NetworkBuilder, _ x: Value, _ stage: Stage, input: Int, output: Int) -> Value {
    let y = network.conv2d(
      "\(stage.index)", x, input, output, kernel: stage.kernel, stride: stage.stride, padding: stage.padding, bias: true
    )
    let activated = network.add(ReLU(), y, as: "\(stage.index + 1)", inPlace: true)
    guard stage.isPooled else { return activated }
    return network.add(MaxPool2d(kernel: (3, 3), stride: (2, 2)), activated, as: "\(stage.index + 2)")
  }
}
