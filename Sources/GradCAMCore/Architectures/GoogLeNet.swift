/// torchvision's GoogLeNet (Szegedy et al., "Going Deeper with Convolutions", 2014). The auxiliary heads take no part.
struct GoogLeNet: TransformingClassifier {
  /// A block's output channels by branch, with those between the two convolutions of the second and third one.
  private struct Block {
    var name: String
    var direct: Int
    var threes: (reduced: Int, output: Int)
    var fives: (reduced: Int, output: Int)
    var pooled: Int
    /// The kernel of the pooling behind it; nil where there is none.
    var pool: Int?

    init(
      _ name: String, _ direct: Int, _ threes: (reduced: Int, output: Int), _ fives: (reduced: Int, output: Int),
      _ pooled: Int, pool: Int? = nil
    ) {
      (self.name, self.direct, self.threes, self.fives) = (name, direct, threes, fives)
      (self.pooled, self.pool) = (pooled, pool)
    }
  }

  private static let blocks = [
    Block("3a", 64, (96, 128), (16, 32), 32), Block("3b", 128, (128, 192), (32, 96), 64, pool: 3),
    Block("4a", 192, (96, 208), (16, 48), 64), Block("4b", 160, (112, 224), (24, 64), 64),
    Block("4c", 128, (128, 256), (24, 64), 64), Block("4d", 112, (144, 288), (32, 64), 64),
    Block("4e", 256, (160, 320), (32, 128), 128, pool: 2),
    Block("5a", 256, (160, 320), (32, 128), 128), Block("5b", 384, (192, 384), (48, 128), 128),
  ]

  static let names = ["googlenet"]

  let name = "googlenet"
  let channels: Int
  let classes: Int
  let transforms: Bool?
  private let shapes: ParameterShapes

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    channels = arguments["channels"] ?? shapes.size("conv1.conv.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("fc") ?? 1000
    transforms = Self.transforms(name: name, arguments)
    self.shapes = shapes
  }

  var defaultLayer: (path: String, reason: String) { ("inception5b", "the last block before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let units = InceptionUnits(network: network, shapes: shapes)
    var x = Features(network.input, channels)
    if transforms == true, channels == 3 { x = units.transformed(x) }
    x = units.unit("conv1", x, 64, (7, 7), stride: 2)
    x.value = network.add(pool(3), x.value, as: "maxpool1")
    x = units.unit("conv3", units.unit("conv2", x, 64), 192, (3, 3))
    x.value = network.add(pool(3), x.value, as: "maxpool2")
    var pools = 2
    for block in Self.blocks {
      x = units.block("inception\(block.name)", kind: "Inception", x) { branches(units, $0, block) }
      guard let kernel = block.pool else { continue }
      pools += 1
      x.value = network.add(pool(kernel), x.value, as: "maxpool\(pools)")
    }
    let flat = network.function(Flatten(), network.add(AdaptiveAvgPool2d(), x.value, as: "avgpool"))
    return network.classifier("fc", network.add(Identity.dropout, flat, as: "dropout"), x.channels, classes)
  }

  private func pool(_ kernel: Int) -> MaxPool2d {
    MaxPool2d(kernel: (kernel, kernel), stride: (2, 2), ceilMode: true)
  }

  private func branches(_ units: InceptionUnits, _ x: Features, _ block: Block) -> [Features] {
    let pool = MaxPool2d(kernel: (3, 3), stride: (1, 1), padding: Padding(1), ceilMode: true)
    // The paper's kernel of 5×5 is one of 3×3 in torchvision (pytorch/vision#906).
    let path = units.network.path(of: "branch3.1.conv.weight")
    let kernel = units.shapes.size(path, 2).map { min($0, 31) } ?? 3
    return [
      units.unit("branch1", x, block.direct),
      units.module("branch2", kind: "Sequential", x) { x in
        units.unit("1", units.unit("0", x, block.threes.reduced), block.threes.output, (3, 3))
      },
      units.module("branch3", kind: "Sequential", x) { x in
        units.unit("1", units.unit("0", x, block.fives.reduced), block.fives.output, (kernel, kernel))
      },
      units.module("branch4", kind: "Sequential", x) { x in
        let pooled = Features(units.network.add(pool, x.value, as: "0"), x.channels)
        return units.unit("1", pooled, block.pooled)
      },
    ]
  }
}
