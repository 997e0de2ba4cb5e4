/// torchvision's ResNets (He et al., "Deep Residual Learning for Image Recognition", 2015), with their relatives:
/// ResNeXt (Xie et al., "Aggregated Residual Transformations for Deep Neural Networks", 2016), Wide ResNet (Zagoruyko
/// and Komodakis, "Wide Residual Networks", 2016), SE-ResNet (Hu et al., "Squeeze-and-Excitation Networks", 2017), and timm's
/// "d" variants, whose stem is three convolutions and whose shortcuts average before they project (He et al., "Bag of Tricks for
/// Image Classification with Convolutional Neural Networks", 2018), and those with pools against aliasing (Zhang, "Making
/// Convolutional Networks Shift-Invariant Again", 2019). Those for small images have a stem of 3×3, and three or four stages.
///
/// Bottlenecks have their stride in the 3×3 convolution, as torchvision's do, unless somebody says otherwise. Every ReLU works in
/// place, and a block adds its shortcut in place: so in torchvision's resnet.py and in timm's.
struct ResNet: ImageNetClassifier {
  /// A ResNet of other block counts, or put together in another way, by its pools.
  private static let others = [
    (name: "resnet", pools: ResNetVariant.Pools.strides), ("resnetaa", .averages), ("resnetblur", .blurs),
  ]

  static let names = ResNetVariant.all.map(\.name) + others.map(\.name)
  /// Besides the usual ones: the strides of the first convolution and of the maximum behind it (1 for none), and which convolution of a
  /// bottleneck has the stride. No weights tell these.
  static let keys = ["channels", "classes", "stride", "pool", "strided"]

  let name: String
  let channels: Int
  let classes: Int
  let blocks: [Int]
  let isBottleneck: Bool
  let stem: ResNetStem
  /// Whether shortcuts that halve the feature map average it before their convolution.
  let averages: Bool
  /// Channels of the stages before expansion; they usually double from stage to stage.
  let planes: [Int]
  /// Channels inside the stages' bottlenecks, in `groups` groups.
  let widths: [Int]
  let groups: Int
  let pools: ResNetVariant.Pools
  /// Channels between the two convolutions of the gates at the blocks' ends, by stage and block; nil where there are no gates.
  let gates: [[Int]]?
  /// Whether shortcuts' convolutions have biases: MONAI's have.
  let hasShortcutBias: Bool
  /// Which convolution of a bottleneck has the stride: the second, or the first in networks that come from Caffe.
  let strided: Int
  /// What the user says of it that its weights do not tell.
  private let said: [String: Int]
  /// Whether the user says which network it is.
  private let isNamed: Bool

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = ResNetVariant.all.first { $0.name == name }
    let pools = named?.pools ?? Self.others.first { $0.name == name }?.pools ?? .strides
    (self.pools, isNamed) = (pools, name != nil)
    said = arguments.filter { ["stride", "pool", "strided"].contains($0.key) }
    let first = "layer1.0"
    let isDeep = named?.isDeep ?? shapes.has("conv1.0.weight")
    hasShortcutBias = shapes.has("layer2.0.downsample.0.bias")
    var stem = ResNetStem(shapes, isDeep: isDeep, isMONAI: hasShortcutBias)
    (stem.stride, stem.pool) = (arguments["stride"] ?? stem.stride, arguments["pool"] ?? stem.pool)
    self.stem = stem
    strided = arguments["strided"] ?? 2
    let isShort =
      !isDeep && stem.kernel == 3 && shapes.has("layer3.0.conv1.weight") && !shapes.has("layer4.0.conv1.weight")
    blocks = named?.blocks ?? (1...(isShort ? 3 : 4)).map { shapes.blocks("layer\($0).") }
    isBottleneck = named?.isBottleneck ?? shapes.has("\(first).conv3.weight")
    averages = named?.isDeep ?? shapes.has("layer2.0.downsample.2.weight")
    let planes = Self.planes(shapes, stages: blocks.count, isBottleneck: isBottleneck)
    self.planes = planes
    if let named {
      groups = named.groups
      widths = planes.map { named.width(planes: $0) }
    } else {
      let inner = planes.enumerated().map { shapes.size("layer\($0.offset + 1).0.conv1.weight", 0) ?? $0.element }
      widths = isBottleneck ? inner : planes
      let groupWidth = shapes.size("\(first).conv2.weight", 1) ?? inner[0]
      groups = isBottleneck && inner[0].isMultiple(of: groupWidth) ? inner[0] / groupWidth : 1
    }
    let isGated = named?.isGated ?? shapes.has("\(first).se.fc1.weight")
    let expansion = isBottleneck ? 4 : 1
    gates = isGated ? Self.gates(shapes, blocks, planes.map { $0 * expansion }) : nil
    channels = arguments["channels"] ?? shapes.size("conv1\(isDeep ? ".0" : "").weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("fc") ?? 1000
    let found = (blocks, isBottleneck, groups, widths[0])
    // timm's "t" variants have a stem that widens twice.
    let isKnown = isDeep == averages && (!isDeep || stem.widths[0] == stem.widths[1])
    let same = ResNetVariant.all.first { variant in
      found == (variant.blocks, variant.isBottleneck, variant.groups, variant.width(planes: planes[0]))
        && isKnown && isDeep == variant.isDeep && pools == variant.pools && isGated == variant.isGated
    }
    self.name = name ?? same?.name ?? Self.others[0].name
  }

  private static func planes(_ shapes: ParameterShapes, stages: Int, isBottleneck: Bool) -> [Int] {
    func found(_ stage: Int) -> Int? {
      isBottleneck
        ? shapes.size("layer\(stage).0.conv3.weight", 0).map { $0 / 4 } : shapes.size("layer\(stage).0.conv1.weight", 0)
    }
    let first = found(1) ?? 64
    return (1...stages).map { found($0) ?? first << ($0 - 1) }
  }

  /// - Parameter outputs: channels of the stages; a sixteenth of them is usual inside a gate, eight at least.
  private static func gates(_ shapes: ParameterShapes, _ blocks: [Int], _ outputs: [Int]) -> [[Int]] {
    zip(blocks, outputs).enumerated().map { stage, sizes in
      (0..<sizes.0).map { shapes.size("layer\(stage + 1).\($0).se.fc1.weight", 0) ?? max(sizes.1 / 16, 8) }
    }
  }

  var spec: ArchitectureSpec {
    ArchitectureSpec(
      name: name, arguments: said.merging(["channels": channels, "classes": classes]) { $1 })
  }

  var input: InputSize {
    let size = stem.keepsSize ? 32 : 224
    return InputSize(channels: channels, height: size, width: size, isFixed: false)
  }

  var preprocessing: String {
    let sizes = stem.keepsSize ? "resize=32,crop=32" : "resize=256,crop=224"
    guard channels == 3 else { return "unit,\(sizes)" }
    // The means and deviations of CIFAR-10, as K. Liu's pytorch-cifar has them.
    let values = "mean=0.4914/0.4822/0.4465,std=0.2023/0.1994/0.2010"
    return stem.keepsSize ? "unit,\(sizes),\(values)" : "imagenet"
  }

  var defaultLayer: (path: String, reason: String) { ("layer\(blocks.count)", "the last stage before pooling") }

  /// timm's networks have a ReLU of its own at every place, and another pooling module. Where the weights have the same
  /// names in both, torchvision's modules are taken.
  var isTimm: Bool { hasTimmNames || gates != nil || pools != .strides }

  /// Whether the weights have names that only timm gives them.
  private var hasTimmNames: Bool { stem.isDeep || averages }

  var lookAlikes: LookAlikes? {
    guard !isNamed else { return nil }
    if hasShortcutBias {
      return LookAlikes(
        names: ["\(name):stride=2"], what: "MONAI's network with a stride of 2 in its first convolution",
        areLikely: true)
    }
    if !stem.isDeep, stem.kernel == 3 {
      return LookAlikes(
        names: ["\(name):pool=2"], what: "one that pools after its first convolution", areLikely: true)
    }
    return LookAlikes(
      names: Self.others.dropFirst().map(\.name), what: "timm's networks with averaging and with blurring pools",
      areLikely: hasTimmNames)
  }
}
