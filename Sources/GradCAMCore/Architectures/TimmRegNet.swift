/// timm's RegNets X, Y and Z, also of depths and widths that have no name there. Those of the space Z have a smooth activation, none
/// behind their blocks, and no shortcut where the shape changes: so in timm's regnet.py.
struct TimmRegNet: ImageNetClassifier {
  private static let others = ["x": "regnetx", "y": "regnety", "z": "regnetz"]

  static let names = RegNetVariant.timm.map(\.name) + others.values.sorted()

  let name: String
  let channels: Int
  let classes: Int
  private let stem: Int
  private let stages: [[RegNetBlock]]
  private let isZ: Bool
  /// Channels of the convolution behind the last stage, which some of the space Z have.
  private let last: Int?
  private let trained: TrainedInput

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = RegNetVariant.timm.first { $0.name == name }
    let isKnown = shapes.has("s1.b1.conv1.conv.weight")
    let depths = named?.depths ?? (1...4).map { isKnown ? shapes.blocks("s\($0).b", limit: 256) : 1 }
    stem = shapes.size("stem.conv.weight", 0) ?? 32
    channels = arguments["channels"] ?? shapes.size("stem.conv.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("head.fc") ?? 1000
    var width = stem
    stages = depths.enumerated().map { stage, count in
      (0..<count).map { index in
        let path = "s\(stage + 1).b\(index + 1)"
        let block = RegNetBlock(
          "\(path).conv1.conv.weight", "\(path).conv2.conv.weight", "\(path).conv3.conv.weight",
          gate: "\(path).se.fc1.weight", input: width, stride: index == 0 ? 2 : 1, shapes)
        width = block.output
        return block
      }
    }
    isZ = name.map { $0.hasPrefix("regnetz") } ?? (isKnown && !shapes.has("s1.b1.downsample.conv.weight"))
    last = isZ ? shapes.size("final_conv.conv.weight", 0) : nil
    let space = isZ ? "z" : stages[0][0].squeeze != nil ? "y" : "x"
    let found = RegNetVariant.find(
      RegNetVariant.timm, named: name, space: "regnet\(space)", depths: depths, widths: stages.map { $0[0].output })
    // The network with a convolution behind its stages is another one by name.
    let isH = found?.name == "regnetz_040" && last != nil && name == nil
    self.name = isH ? "regnetz_040_h" : found?.name ?? name ?? Self.others[space] ?? ""
    trained = found?.input ?? TrainedInput(256, 224)
  }

  var input: InputSize { trained.size(channels: channels) }
  var preprocessing: String { trained.preprocessing(channels: channels) }
  var defaultLayer: (path: String, reason: String) {
    (isZ ? "final_conv" : "s4", "the last feature map before pooling")
  }

  private var activation: ActivationLayer { isZ ? .silu : .relu }

  func build(_ network: NetworkBuilder) -> Value {
    var x = network.convNormAct("stem", network.input, channels, stem, kernel: 3, stride: 2, activation)
    for (stage, blocks) in stages.enumerated() {
      x = network.module("s\(stage + 1)", kind: "RegStage", x) { x in
        blocks.enumerated().reduce(x) { x, block in
          network.module("b\(block.offset + 1)", kind: "Bottleneck", x) { self.block(network, $0, block.element) }
        }
      }
    }
    let width = stages.last?.last?.output ?? stem
    if let last {
      x = network.convNormAct("final_conv", x, width, last, kernel: 1, activation)
    } else if isZ {
      x = network.add(SiLU(), x, as: "final_conv")
    }
    return network.module("head", kind: "ClassifierHead", x) { x in
      let pooled = network.add(Identity.dropout, network.timmGlobalPool(x), as: "drop")
      return network.classifier("fc", pooled, last ?? width, classes)
    }
  }

  private func block(_ network: NetworkBuilder, _ x: Value, _ block: RegNetBlock) -> Value {
    let hidden = block.hidden
    var y = network.convNormAct("conv1", x, block.input, hidden, kernel: 1, activation)
    y = network.convNormAct(
      "conv2", y, hidden, hidden, kernel: 3, stride: block.stride, groups: block.groups, activation)
    if let squeeze = block.squeeze {
      y = network.squeezeExcite("se", y, hidden, squeeze: squeeze, layers: ("fc1", "act", "fc2"), activation)
    }
    y = network.convNormAct("conv3", y, hidden, block.output, kernel: 1, .none)
    let keepsShape = block.stride == 1 && block.input == block.output
    if !isZ || keepsShape {
      let shortcut =
        keepsShape
        ? x
        : network.convNormAct("downsample", x, block.input, block.output, kernel: 1, stride: block.stride, .none)
      y = network.function(Add(), y, shortcut)
    }
    return isZ ? y : network.add(ReLU(), y, as: "act3")
  }
}
