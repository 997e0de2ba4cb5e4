/// ConvNeXt (Liu et al., "A ConvNet for the 2020s", 2022) and ConvNeXt V2 (Woo et al., 2023), as torchvision, timm, Hugging Face and the
/// papers' own code name them, of any depths and widths.
///
/// Inside blocks, where PyTorch's code puts the channels last, values here keep the axes N C H W.
struct ConvNeXt: ImageNetClassifier {
  private static let sizes: [(name: String, depths: [Int], widths: [Int])] = [
    ("atto", [2, 2, 6, 2], doubling(40)), ("femto", [2, 2, 6, 2], doubling(48)), ("pico", [2, 2, 6, 2], doubling(64)),
    ("nano", [2, 2, 8, 2], doubling(80)), ("tiny", [3, 3, 9, 3], doubling(96)), ("small", [3, 3, 27, 3], doubling(96)),
    ("base", [3, 3, 27, 3], doubling(128)), ("large", [3, 3, 27, 3], doubling(192)),
    ("xlarge", [3, 3, 27, 3], doubling(256)), ("huge", [3, 3, 27, 3], doubling(352)),
    ("xxlarge", [3, 4, 30, 3], doubling(384)),
  ]
  /// The sizes of each version, and of torchvision.
  private static let versions = [
    ("convnext", ["atto", "femto", "pico", "nano", "tiny", "small", "base", "large", "xlarge", "xxlarge"]),
    ("convnextv2", ["atto", "femto", "pico", "nano", "tiny", "small", "base", "large", "huge"]),
  ]
  private static let sizesOfTorchvision = ["tiny", "small", "base", "large"]

  static let names = versions.flatMap { version, sizes in sizes.map { "\(version)_\($0)" } + [version] }

  private static func doubling(_ first: Int) -> [Int] { (0..<4).map { first << $0 } }

  let name: String
  let channels: Int
  let classes: Int
  private let naming: ConvNeXtNaming
  private let depths: [Int]
  private let widths: [Int]
  /// Side of the stem's kernel, which is its stride.
  private let patch: Int
  /// Side of the kernels channel by channel.
  private let kernel: Int
  /// Whether blocks scale what they add.
  private let isScaled: Bool
  /// Whether blocks have a response norm, as those of version 2.
  private let hasResponse: Bool
  /// Whether perceptrons are stored as 1×1 convolutions: timm's smaller networks.
  private let hasConvolutions: Bool

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let parts = name?.split(separator: "_").map(String.init) ?? []
    let named = parts.count == 2 ? Self.sizes.first { $0.name == parts[1] } : nil
    let isSecond = parts.first == "convnextv2"
    let found = ConvNeXtNaming.found(shapes)
    let isTorchvision = !isSecond && parts.count == 2 && Self.sizesOfTorchvision.contains(parts[1])
    let naming = found ?? (isTorchvision ? .torchvision : .timm)
    self.naming = naming
    let first = naming.path(ofBlock: "0", inStage: 0)
    let inner = "\(first).\(naming.block.group.map { "\($0)." } ?? "")"
    depths = named?.depths ?? (0..<4).map { shapes.blocks(naming.path(ofBlock: "", inStage: $0)) }
    widths = (0..<4).map { stage in
      let block = naming.path(ofBlock: "0", inStage: stage) + (naming.block.group.map { ".\($0)" } ?? "")
      return shapes.size("\(block).\(naming.block.convolution).weight", 0) ?? named?.widths[stage] ?? 96 << stage
    }
    let stem = naming.full(naming.stem.convolution)
    patch = min(shapes.size("\(stem).weight", 2) ?? 4, 64)
    channels = arguments["channels"] ?? shapes.size("\(stem).weight", 1) ?? 3
    kernel = min(shapes.size("\(inner)\(naming.block.convolution).weight", 2) ?? 7, 63)
    classes = arguments["classes"] ?? shapes.classes(naming.head) ?? 1000
    let perceptron = naming.block.perceptron.map { "\(inner)\($0)." } ?? inner
    let response = "\(perceptron)\(naming.block.response.name).\(naming.block.response.factor)"
    hasResponse = found == nil ? isSecond : shapes.has(response)
    isScaled = found == nil ? !isSecond : shapes.has("\(first).\(naming.block.scale)")
    let isSmall = ["atto", "femto", "pico", "nano"].contains(named?.name)
    hasConvolutions =
      found == nil ? isSmall && !isSecond : shapes.size("\(perceptron)\(naming.block.hidden).weight", 3) == 1
    let version = hasResponse ? "convnextv2" : "convnext"
    let same = Self.sizes.first { [depths, widths] in ($0.depths, $0.widths) == (depths, widths) }
    let known = same.map { "\(version)_\($0.name)" } ?? version
    self.name = name ?? (Self.names.contains(known) ? known : version)
  }

  var defaultLayer: (path: String, reason: String) {
    (naming.path(ofStage: 3), "the last stage before pooling")
  }

  /// torchvision: the transforms of each model's weights. timm: `_cfg` of its convnext.py. Hugging Face: what facebook/convnext-*
  /// publish.
  var preprocessing: String {
    guard channels == 3 else { return "unit,resize=256,crop=224" }
    guard naming.library == .torchvision else { return "imagenet,interpolation=bicubic" }
    let resize = name == "convnext_tiny" ? 236 : name == "convnext_small" ? 230 : 232
    return "imagenet,resize=\(resize),crop=224"
  }

  /// timm's largest network has another one.
  private var eps: Double { naming.library == .timm && name == "convnext_xxlarge" ? 1e-5 : 1e-6 }

  // MARK: Building

  func build(_ network: NetworkBuilder) -> Value {
    let map = network.group(naming.base, kind: "Sequential", network.input) { image in
      let stem = network.conv2d(
        naming.stem.convolution, image, channels, widths[0], kernel: patch, stride: patch, bias: true)
      let x = network.channelNorm(naming.stem.norm, stem, widths[0], eps: eps)
      return network.group(naming.encoder, kind: "Sequential", x) { x in
        (0..<4).reduce(x) { stage(network, $1, $0) }
      }
    }
    let width = widths[3]
    let pooled = network.function(AdaptiveAvgPool2d(), map)
    if naming.norm.isOfMaps {
      let x = network.channelNorm(naming.norm.name, pooled, width, eps: naming.norm.eps)
      return network.classifier(naming.head, network.function(Flatten(), x), width, classes)
    }
    let x = network.layerNorm(
      naming.norm.name, network.function(Flatten(), pooled), width, eps: naming.norm.eps)
    return network.classifier(naming.head, x, width, classes)
  }

  private func stage(_ network: NetworkBuilder, _ index: Int, _ x: Value) -> Value {
    let (name, group, _) = naming.stage(index)
    let x = naming.downsamplesInside || index == 0 ? x : downsampled(network, index, x)
    return network.module(name, kind: "Stage", x) { x in
      let x = naming.downsamplesInside && index > 0 ? downsampled(network, index, x) : x
      return network.group(group, kind: "Sequential", x) { x in
        (0..<depths[index]).reduce(x) { x, number in
          network.module("\(number)", kind: "Block", x) { block(network, $0, widths[index]) }
        }
      }
    }
  }

  private func downsampled(_ network: NetworkBuilder, _ index: Int, _ x: Value) -> Value {
    network.module(naming.stage(index).downsampling, kind: "Sequential", x) { x in
      let x = network.channelNorm("0", x, widths[index - 1], eps: eps)
      return network.conv2d("1", x, widths[index - 1], widths[index], kernel: 2, stride: 2, bias: true)
    }
  }

  private func block(_ network: NetworkBuilder, _ x: Value, _ width: Int) -> Value {
    let names = naming.block
    var y = network.group(names.group, kind: "Sequential", x) { x in
      let y = network.conv2d(
        names.convolution, x, width, width, kernel: kernel, padding: kernel / 2, groups: width, bias: true)
      let kind = hasConvolutions ? "LayerNorm2d" : "LayerNorm"
      let normed = network.channelNorm(names.norm, y, width, eps: eps, kind: kind)
      return network.group(names.perceptron, kind: "Mlp", normed) { perceptron(network, $0, width) }
    }
    if isScaled {
      let shape = naming.library == .torchvision ? [width, 1, 1] : [width]
      y = network.perChannel(Mul(), y, parameter: names.scale, shape: shape)
    }
    return network.function(Add(), x, y)
  }

  private func perceptron(_ network: NetworkBuilder, _ x: Value, _ width: Int) -> Value {
    let names = naming.block
    func linear(_ name: String, _ x: Value, _ input: Int, _ output: Int) -> Value {
      hasConvolutions
        ? network.conv2d(name, x, input, output, kernel: 1, bias: true) : network.channelLinear(name, x, input, output)
    }
    var y = network.add(GELU(), linear(names.hidden, x, width, 4 * width), as: names.activation)
    if hasResponse {
      let shape = [Int](repeating: 1, count: names.response.rank - 1) + [4 * width]
      y = network.responseNorm(
        names.response.name, y, factor: names.response.factor, summand: names.response.summand, shape: shape)
    }
    return linear(names.output, y, 4 * width, width)
  }
}
