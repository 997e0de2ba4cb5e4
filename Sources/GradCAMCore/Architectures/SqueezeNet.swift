/// torchvision's SqueezeNets 1.0 and 1.1 (Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters
/// and <0.5MB model size", 2016). Every ReLU works in place.
struct SqueezeNet: ImageNetClassifier {
  /// Version 1.1 pools earlier and begins with a smaller kernel.
  private struct Version {
    var name: String
    var width: Int
    var kernel: Int
    /// The numbers among the children of `features` that are fire modules; 2 and the gaps between are poolings.
    var fires: [Int]
    var pools: [Int]
  }

  /// A fire module squeezes its input to few channels, and expands them by 1×1 and by 3×3 kernels.
  private struct Fire {
    var squeeze: Int
    var expand1x1: Int
    var expand3x3: Int
  }

  private static let versions = [
    Version(name: "squeezenet1_0", width: 96, kernel: 7, fires: [3, 4, 5, 7, 8, 9, 10, 12], pools: [2, 6, 11]),
    Version(name: "squeezenet1_1", width: 64, kernel: 3, fires: [3, 4, 6, 7, 9, 10, 11, 12], pools: [2, 5, 8]),
  ]
  private static let usualSqueezes = [16, 16, 32, 32, 48, 48, 64, 64]

  static let names = versions.map(\.name)

  var name: String { version.name }
  let channels: Int
  let classes: Int
  private let version: Version
  private let width: Int
  private let fires: [Fire]

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let isOlder = name.map { $0 == Self.versions[0].name } ?? shapes.has("features.8.squeeze.weight")
    version = Self.versions[isOlder ? 0 : 1]
    channels = arguments["channels"] ?? shapes.size("features.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.size("classifier.1.weight", 0) ?? 1000
    width = shapes.size("features.0.weight", 0) ?? version.width
    fires = zip(version.fires, Self.usualSqueezes).map { index, squeeze in
      let size = { (part: String) in shapes.size("features.\(index).\(part).weight", 0) }
      return Fire(
        squeeze: size("squeeze") ?? squeeze, expand1x1: size("expand1x1") ?? 4 * squeeze,
        expand3x3: size("expand3x3") ?? 4 * squeeze)
    }
  }

  var defaultLayer: (path: String, reason: String) { ("classifier.2", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    var input = width
    let features = network.module("features", kind: "Sequential", network.input) { x in
      var x = network.conv2d("0", x, channels, width, kernel: version.kernel, stride: 2, bias: true)
      x = network.add(ReLU(), x, as: "1", inPlace: true)
      var open = fires[...]
      for index in 2...12 {
        if version.pools.contains(index) {
          x = network.add(MaxPool2d(kernel: (3, 3), stride: (2, 2), ceilMode: true), x, as: "\(index)")
        } else if let fire = open.popFirst() {
          x = network.module("\(index)", kind: "Fire", x) { self.fire(network, $0, input, fire) }
          input = fire.expand1x1 + fire.expand3x3
        }
      }
      return x
    }
    let scores = network.module("classifier", kind: "Sequential", features) { x in
      var x = network.conv2d("1", network.add(Identity.dropout, x, as: "0"), input, classes, kernel: 1, bias: true)
      x = network.add(ReLU(), x, as: "2", inPlace: true)
      return network.add(AdaptiveAvgPool2d(), x, as: "3")
    }
    return network.function(Flatten(), scores)
  }

  private func fire(_ network: NetworkBuilder, _ x: Value, _ input: Int, _ fire: Fire) -> Value {
    var y = network.conv2d("squeeze", x, input, fire.squeeze, kernel: 1, bias: true)
    y = network.add(ReLU(), y, as: "squeeze_activation", inPlace: true)
    let small = network.conv2d("expand1x1", y, fire.squeeze, fire.expand1x1, kernel: 1, bias: true)
    let left = network.add(ReLU(), small, as: "expand1x1_activation", inPlace: true)
    let large = network.conv2d("expand3x3", y, fire.squeeze, fire.expand3x3, kernel: 3, padding: 1, bias: true)
    return network.function(Concat(), left, network.add(ReLU(), large, as: "expand3x3_activation", inPlace: true))
  }
}
