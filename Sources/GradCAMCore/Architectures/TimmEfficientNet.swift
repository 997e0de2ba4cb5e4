/// The networks of timm's EfficientNet builder: EfficientNet (Tan and Le, 2019 and 2021), MobileNet v1 to v4, MNASNet, FBNet, LCNet,
/// TinyNet and their relatives, of any depth and width.
///
/// Kinds of blocks, kernels and widths are read from the weights' names and shapes, and the rest from the family that they fit.
struct TimmEfficientNet: ImageNetClassifier {
  static let names = TimmVariant.all.map(\.name) + otherNames

  /// Networks of a family that have no name of their own, in both of its styles.
  private static let otherNames = {
    var names: [String] = []
    for family in TimmFamily.all {
      let ported = TimmVariant.all.contains { $0.family == family.name && $0.style == .tensorFlow }
      for name in [family.name] + (ported ? ["tf_\(family.name)"] : [])
      where !names.contains(name) && !TimmVariant.all.contains(where: { $0.name == name }) { names.append(name) }
    }
    return names
  }()

  let name: String
  let channels: Int
  let classes: Int
  let lookAlikes: LookAlikes?
  private let style: TimmStyle
  private let stem: (width: Int, kernel: Int)
  private let stages: [[TimmBlock]]
  /// Channels behind the convolution of the head.
  private let features: Int
  private let trained: TrainedInput

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = TimmVariant.all.first { $0.name == name }
    let wanted = named?.family ?? name.map { $0.hasPrefix("tf_") ? String($0.dropFirst(3)) : $0 }
    let found = TimmFamily.find(shapes)
    let fits = found != nil && (wanted == nil || wanted == found?.name)
    let family = fits ? found ?? TimmFamily.all[0] : TimmFamily.all.first { $0.name == wanted } ?? TimmFamily.all[0]
    // A file of another family has nothing to be read from: what is built then tells what it lacks.
    let read = fits ? shapes : ParameterShapes(shapes: [:])
    let depths =
      named?.depths ?? family.strides.indices.map { fits ? shapes.blocks("blocks.\($0).", limit: 128) : 1 }
    stem = (read.size("conv_stem.weight", 0) ?? 32, read.kernel("conv_stem.weight") ?? 3)
    channels = arguments["channels"] ?? shapes.size("conv_stem.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("classifier") ?? 1000
    stages = Self.stages(family, depths, stem: stem.width, read)
    let width = stages.last?.last?.output ?? stem.width
    features = family.head == .none ? width : read.size("conv_head.weight", 0) ?? 1280
    let kin = Self.kin(family, depths, [stem.width] + stages.map { $0.last?.output ?? 0 })
    let likely = kin.filter(\.isPublished).isEmpty ? kin : kin.filter(\.isPublished)
    let variant = named ?? (name == nil && fits ? likely.first { $0.style == .plain } ?? likely.first : nil)
    let isPort = name?.hasPrefix("tf_") ?? false
    let variants = TimmVariant.all.filter { $0.family == family.name }
    let isOnlyPorted = !variants.contains { $0.style == .plain }
    let style = variant?.style ?? (isPort || name == nil && isOnlyPorted ? .tensorFlow : .plain)
    self.style = TimmStyle(family: family, variant: style)
    self.name = variant?.name ?? name ?? (isOnlyPorted ? "tf_\(family.name)" : family.name)
    trained = variant?.input ?? TrainedInput(256, 224)
    guard name == nil, fits else {
      lookAlikes = nil
      return
    }
    let isPorted = variants.contains { $0.style == .tensorFlow }
    let others = kin.filter { $0.style != style }.map(\.name)
    lookAlikes = Self.lookAlikes(
      variant == nil && isPorted && !isOnlyPorted ? ["tf_\(family.name)"] : others, of: style, isPorted: isPorted)
  }

  private static func stages(
    _ family: TimmFamily, _ depths: [Int], stem: Int, _ shapes: ParameterShapes
  ) -> [[TimmBlock]] {
    var width = stem
    return family.tokens.enumerated().map { stage, token in
      (0..<depths[stage]).map { index in
        let block = TimmBlock(
          "blocks.\(stage).\(index)", token: token, input: width, stride: index == 0 ? family.strides[stage] : 1,
          activation: family.activations[stage],
          isResidual: index > 0 || !family.unskipped.contains(stage), shapes)
        width = block.output
        return block
      }
    }
  }

  /// The named networks of these shapes: several where they differ in what has no weights.
  private static func kin(_ family: TimmFamily, _ depths: [Int], _ widths: [Int]) -> [TimmVariant] {
    TimmVariant.all.filter { $0.family == family.name && $0.depths == depths && $0.widths == widths }
  }

  private static func lookAlikes(_ names: [String], of style: TimmVariant.Style, isPorted: Bool) -> LookAlikes? {
    guard !names.isEmpty else { return nil }
    let what =
      !isPorted
      ? "the same network with other pools"
      : style == .tensorFlow
        ? "the same network with PyTorch's padding and batch norms"
        : "the same network with TensorFlow's padding and batch norms"
    return LookAlikes(names: names, what: what, areLikely: true)
  }

  var input: InputSize { trained.size(channels: channels) }
  var preprocessing: String { trained.preprocessing(channels: channels) }
  var defaultLayer: (path: String, reason: String) {
    (style.family.head == .convolution ? "bn2" : "blocks", "the last feature map before pooling")
  }

  func build(_ network: NetworkBuilder) -> Value {
    var x = network.conv2d(
      "conv_stem", network.input, channels, stem.width, kernel: stem.kernel, stride: 2,
      around: Padding(stem.kernel / 2), autoPad: style.autoPad)
    x = network.batchNormAct2d("bn1", x, stem.width, eps: style.eps, style.family.outer)
    x = network.module("blocks", kind: "Sequential", x) { x in
      stages.enumerated().reduce(x) { x, stage in
        network.module("\(stage.offset)", kind: "Sequential", x) { x in
          stage.element.enumerated().reduce(x) { x, block in
            network.timmBlock("\(block.offset)", x, block.element, style)
          }
        }
      }
    }
    return head(network, x, stages.last?.last?.output ?? stem.width)
  }

  private func head(_ network: NetworkBuilder, _ x: Value, _ width: Int) -> Value {
    let outer = style.family.outer
    switch style.family.head {
    case .none, .convolution:
      var y = x
      if style.family.head == .convolution {
        y = network.conv2d("conv_head", x, width, features, kernel: 1)
        y = network.batchNormAct2d("bn2", y, features, eps: style.eps, outer)
      }
      return network.pooledClassifier("classifier", y, features, classes) { network.timmGlobalPool($0) }
    case .pooled, .pooledWithBias, .pooledWithNorm:
      var y = network.timmGlobalPool(x, flattens: false)
      y = network.conv2d("conv_head", y, width, features, kernel: 1, bias: style.family.head == .pooledWithBias)
      if style.family.head == .pooledWithNorm {
        y = network.batchNormAct2d("norm_head", y, features, eps: style.eps, outer)
      } else if let operation = outer.operation {
        y = network.add(operation, y, as: "act2", inPlace: true)
      }
      return network.classifier("classifier", network.add(Flatten(), y, as: "flatten"), features, classes)
    }
  }
}
