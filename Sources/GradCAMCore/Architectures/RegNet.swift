/// torchvision's RegNets X and Y, also of depths and widths that have no name there.
struct RegNet: ImageNetClassifier {
  private static let others = (x: "regnet_x", y: "regnet_y")

  static let names = RegNetVariant.torchvision.map(\.name) + [others.x, others.y]

  let name: String
  let channels: Int
  let classes: Int
  private let stem: Int
  private let stages: [[RegNetBlock]]
  private let trained: TrainedInput

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    let named = RegNetVariant.torchvision.first { $0.name == name }
    let isKnown = shapes.has("trunk_output.block1.block1-0.f.a.0.weight")
    let depths =
      named?.depths
      ?? (1...4).map { isKnown ? shapes.blocks("trunk_output.block\($0).block\($0)-", limit: 256) : 1 }
    stem = shapes.size("stem.0.weight", 0) ?? 32
    channels = arguments["channels"] ?? shapes.size("stem.0.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("fc") ?? 1000
    var width = stem
    stages = depths.enumerated().map { stage, count in
      (0..<count).map { index in
        let path = "trunk_output.block\(stage + 1).block\(stage + 1)-\(index).f"
        let block = RegNetBlock(
          "\(path).a.0.weight", "\(path).b.0.weight", "\(path).c.0.weight", gate: "\(path).se.fc1.weight", input: width,
          stride: index == 0 ? 2 : 1, shapes)
        width = block.output
        return block
      }
    }
    let gates = stages[0][0].squeeze != nil
    let variant = RegNetVariant.find(
      RegNetVariant.torchvision, named: name, space: gates ? "_y_" : "_x_", depths: depths,
      widths: stages.map { $0[0].output })
    self.name = variant?.name ?? name ?? (gates ? Self.others.y : Self.others.x)
    trained = variant?.input ?? .usual
  }

  var input: InputSize { trained.size(channels: channels) }
  var preprocessing: String { trained.preprocessing(channels: channels) }
  var defaultLayer: (path: String, reason: String) { ("trunk_output", "the last feature map before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let stem = network.convNormActivation("stem", network.input, channels, stem, kernel: 3, stride: 2, .relu)
    let features = network.module("trunk_output", kind: "Sequential", stem) { x in
      stages.enumerated().reduce(x) { x, stage in
        let name = "block\(stage.offset + 1)"
        return network.module(name, kind: "AnyStage", x) { x in
          stage.element.enumerated().reduce(x) { x, block in
            network.module("\(name)-\(block.offset)", kind: "ResBottleneckBlock", x) {
              self.block(network, $0, block.element)
            }
          }
        }
      }
    }
    let width = stages.last?.last?.output ?? self.stem
    return network.pooledClassifier("fc", features, width, classes) { network.pooledByModule($0) }
  }

  private func block(_ network: NetworkBuilder, _ x: Value, _ block: RegNetBlock) -> Value {
    let projects = block.stride != 1 || block.input != block.output
    let shortcut =
      projects
      ? network.convNormActivation("proj", x, block.input, block.output, kernel: 1, stride: block.stride, .none) : x
    let y = network.module("f", kind: "BottleneckTransform", x) { x in
      var y = network.convNormActivation("a", x, block.input, block.hidden, kernel: 1, .relu)
      y = network.convNormActivation(
        "b", y, block.hidden, block.hidden, kernel: 3, stride: block.stride, groups: block.groups, .relu)
      if let squeeze = block.squeeze {
        y = network.squeezeExcitation("se", y, block.hidden, squeeze: squeeze, ReLU())
      }
      return network.convNormActivation("c", y, block.hidden, block.output, kernel: 1, .none)
    }
    return network.add(ReLU(), network.function(Add(), shortcut, y), as: "activation", inPlace: true)
  }
}
