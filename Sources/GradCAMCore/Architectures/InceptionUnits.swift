/// A feature map and how many channels it has.
struct Features {
  var value: Value
  var channels: Int

  init(_ value: Value, _ channels: Int) { (self.value, self.channels) = (value, channels) }
}

/// Builds the units and blocks of torchvision's Inception networks, as wide as a file's weights say.
struct InceptionUnits {
  let network: NetworkBuilder
  let shapes: ParameterShapes

  /// torchvision's `BasicConv2d`: a convolution without a bias, a batch norm with ε = 0.001, and a ReLU in place.
  ///
  /// - Parameters:
  ///   - usual: output channels where the file does not tell.
  ///   - isPadded: whether the map keeps its size but for the stride.
  func unit(
    _ name: String, _ x: Features, _ usual: Int, _ kernel: (h: Int, w: Int) = (1, 1), stride: Int = 1,
    isPadded: Bool = true
  ) -> Features {
    let path = "\(network.path(of: name)).conv.weight"
    let width = shapes.size(path, 0) ?? usual
    let (h, w) = isPadded ? (kernel.h / 2, kernel.w / 2) : (0, 0)
    let value = network.module(name, kind: "BasicConv2d", x.value) { x2 in
      let convolution = Conv2d(
        weight: network.parameters.convolutionWeight(path, width, x.channels, kernel.h, kernel.w, groups: 1), bias: nil,
        stride: (stride, stride), padding: Padding(top: h, left: w, bottom: h, right: w), dilation: (1, 1),
        autoPad: .notSet)
      let y = network.batchNorm2d("bn", network.add(convolution, x2, as: "conv"), width, eps: 1e-3)
      return network.function(ReLU(), y, inPlace: true)
    }
    return Features(value, width)
  }

  /// A module whose outputs are joined channel by channel.
  func block(_ name: String, kind: String, _ x: Features, _ branches: (Features) -> [Features]) -> Features {
    module(name, kind: kind, x) { joined(branches($0)) }
  }

  func module(_ name: String, kind: String, _ x: Features, _ body: (Features) -> Features) -> Features {
    var channels = x.channels
    let value = network.module(name, kind: kind, x.value) { value in
      let y = body(Features(value, x.channels))
      channels = y.channels
      return y.value
    }
    return Features(value, channels)
  }

  func joined(_ parts: [Features]) -> Features {
    Features(network.function(Concat(), parts.map(\.value)), parts.reduce(0) { $0 + $1.channels })
  }

  func function(_ operation: any Operation, _ x: Features) -> Features {
    Features(network.function(operation, x.value), x.channels)
  }

  /// What torchvision's networks do to pictures normalised with ImageNet's means and deviations where they are built with
  /// `transform_input=True`: it makes them pictures from −1 to 1.
  func transformed(_ x: Features) -> Features {
    let (means, deviations) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    let rescaling = BatchNorm2d(
      weight: deviations.map { Float($0 / 0.5) }, bias: means.map { Float(($0 - 0.5) / 0.5) },
      runningMean: [0, 0, 0], runningVar: [1, 1, 1], eps: 0)
    return Features(network.add(rescaling, x.value, as: "transform_input"), x.channels)
  }
}

/// torchvision's Inception networks, whose published weights were trained on pictures from −1 to 1.
protocol TransformingClassifier: ImageNetClassifier {
  /// Whether the network itself makes such pictures of those that are normalised as for ImageNet; nil where nobody says.
  var transforms: Bool? { get }
}

extension TransformingClassifier {
  static var keys: [String] { ["channels", "classes", "transform"] }

  var spec: ArchitectureSpec {
    var spec = ArchitectureSpec(name: name, arguments: ["channels": channels, "classes": classes])
    if transforms == true { spec.arguments["transform"] = 1 }
    return spec
  }

  /// By the arguments of a network that somebody chose.
  static func transforms(name: String?, _ arguments: [String: Int]) -> Bool? {
    arguments["transform"].map { $0 == 1 } ?? (name == nil ? nil : false)
  }

  var lookAlikes: LookAlikes? {
    guard transforms == nil, channels == 3 else { return nil }
    return LookAlikes(
      names: ["\(name):transform=1"], what: "torchvision's own trained network, which transforms its input,",
      areLikely: true)
  }
}
