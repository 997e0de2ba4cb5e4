/// torchvision's Inception v3 (Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2015); timm's
/// `inception_v3` has the same names and weights. The auxiliary head (`AuxLogits`) takes no part.
struct Inception3: TransformingClassifier {
  static let names = ["inception_v3"]

  let name = "inception_v3"
  let channels: Int
  let classes: Int
  let transforms: Bool?
  private let shapes: ParameterShapes

  init(name: String?, arguments: [String: Int], shapes: ParameterShapes) {
    channels = arguments["channels"] ?? shapes.size("Conv2d_1a_3x3.conv.weight", 1) ?? 3
    classes = arguments["classes"] ?? shapes.classes("fc") ?? 1000
    transforms = Self.transforms(name: name, arguments)
    self.shapes = shapes
  }

  var input: InputSize { InputSize(channels: channels, height: 299, width: 299, isFixed: false) }
  var preprocessing: String { channels == 3 ? "imagenet,resize=342,crop=299" : "unit,resize=342,crop=299" }
  var defaultLayer: (path: String, reason: String) { ("Mixed_7c", "the last block before pooling") }

  func build(_ network: NetworkBuilder) -> Value {
    let units = InceptionUnits(network: network, shapes: shapes)
    var x = Features(network.input, channels)
    if transforms == true, channels == 3 { x = units.transformed(x) }
    x = units.unit("Conv2d_1a_3x3", x, 32, (3, 3), stride: 2, isPadded: false)
    x = units.unit("Conv2d_2a_3x3", x, 32, (3, 3), isPadded: false)
    x = units.unit("Conv2d_2b_3x3", x, 64, (3, 3))
    x.value = network.add(Self.pool, x.value, as: "maxpool1")
    x = units.unit("Conv2d_3b_1x1", x, 80)
    x = units.unit("Conv2d_4a_3x3", x, 192, (3, 3), isPadded: false)
    x.value = network.add(Self.pool, x.value, as: "maxpool2")
    for (name, pooled) in [("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)] {
      x = units.block(name, kind: "InceptionA", x) { fives(units, $0, pooled) }
    }
    x = units.block("Mixed_6a", kind: "InceptionB", x) { halving(units, $0) }
    for (name, inner) in [("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)] {
      x = units.block(name, kind: "InceptionC", x) { sevens(units, $0, inner) }
    }
    x = units.block("Mixed_7a", kind: "InceptionD", x) { halvingSevens(units, $0) }
    for name in ["Mixed_7b", "Mixed_7c"] { x = units.block(name, kind: "InceptionE", x) { wide(units, $0) } }
    let pooled = network.add(AdaptiveAvgPool2d(), x.value, as: "avgpool")
    let flat = network.function(Flatten(), network.add(Identity.dropout, pooled, as: "dropout"))
    return network.classifier("fc", flat, x.channels, classes)
  }

  private static let pool = MaxPool2d(kernel: (3, 3), stride: (2, 2))

  /// The units of these widths one behind the other.
  private func chain(
    _ units: InceptionUnits, _ x: Features, _ chain: [(name: String, width: Int, kernel: (h: Int, w: Int))]
  ) -> Features {
    chain.reduce(x) { units.unit($1.name, $0, $1.width, $1.kernel) }
  }

  private func averaged(_ units: InceptionUnits, _ x: Features, _ width: Int) -> Features {
    let average = AvgPool2d(kernel: (3, 3), stride: (1, 1), padding: Padding(1))
    return units.unit("branch_pool", units.function(average, x), width)
  }

  private func fives(_ units: InceptionUnits, _ x: Features, _ pooled: Int) -> [Features] {
    [
      units.unit("branch1x1", x, 64),
      chain(units, x, [("branch5x5_1", 48, (1, 1)), ("branch5x5_2", 64, (5, 5))]),
      chain(
        units, x, [("branch3x3dbl_1", 64, (1, 1)), ("branch3x3dbl_2", 96, (3, 3)), ("branch3x3dbl_3", 96, (3, 3))]),
      averaged(units, x, pooled),
    ]
  }

  private func halving(_ units: InceptionUnits, _ x: Features) -> [Features] {
    let direct = units.unit("branch3x3", x, 384, (3, 3), stride: 2, isPadded: false)
    let double = chain(units, x, [("branch3x3dbl_1", 64, (1, 1)), ("branch3x3dbl_2", 96, (3, 3))])
    return [
      direct, units.unit("branch3x3dbl_3", double, 96, (3, 3), stride: 2, isPadded: false),
      units.function(Self.pool, x),
    ]
  }

  private func sevens(_ units: InceptionUnits, _ x: Features, _ inner: Int) -> [Features] {
    [
      units.unit("branch1x1", x, 192),
      chain(
        units, x, [("branch7x7_1", inner, (1, 1)), ("branch7x7_2", inner, (1, 7)), ("branch7x7_3", 192, (7, 1))]),
      chain(
        units, x,
        [
          ("branch7x7dbl_1", inner, (1, 1)), ("branch7x7dbl_2", inner, (7, 1)), ("branch7x7dbl_3", inner, (1, 7)),
          ("branch7x7dbl_4", inner, (7, 1)), ("branch7x7dbl_5", 192, (1, 7)),
        ]),
      averaged(units, x, 192),
    ]
  }

  private func halvingSevens(_ units: InceptionUnits, _ x: Features) -> [Features] {
    let direct = units.unit("branch3x3_1", x, 192)
    let sevens = chain(
      units, x, [("branch7x7x3_1", 192, (1, 1)), ("branch7x7x3_2", 192, (1, 7)), ("branch7x7x3_3", 192, (7, 1))])
    return [
      units.unit("branch3x3_2", direct, 320, (3, 3), stride: 2, isPadded: false),
      units.unit("branch7x7x3_4", sevens, 192, (3, 3), stride: 2, isPadded: false), units.function(Self.pool, x),
    ]
  }

  /// Two of its branches fork into a row and a column.
  private func wide(_ units: InceptionUnits, _ x: Features) -> [Features] {
    let direct = units.unit("branch1x1", x, 320)
    let threes = forked(units, units.unit("branch3x3_1", x, 384), "branch3x3_2")
    let double = chain(units, x, [("branch3x3dbl_1", 448, (1, 1)), ("branch3x3dbl_2", 384, (3, 3))])
    return [direct, threes, forked(units, double, "branch3x3dbl_3"), averaged(units, x, 192)]
  }

  private func forked(_ units: InceptionUnits, _ x: Features, _ name: String) -> Features {
    units.joined([units.unit("\(name)a", x, 384, (1, 3)), units.unit("\(name)b", x, 384, (3, 1))])
  }
}
