/// The names of OpenMMLab's MMPretrain and of MMClassification before it: `mmpretrain/models/backbones`, `…/heads`.
///
/// Their trunks stand behind `backbone.`; where the names behind it are torchvision's, only the head is renamed.
enum MMPretrainNames: TabulatedNames {
  static let tables = [resNetD, resNetC, regNet, resNet, mobileNetV2, denseNet, shuffleNetV2]

  /// `LinearClsHead` and its like; in a `StackedLinearClsHead`, a norm follows its linear layer.
  private static func heads(_ name: String) -> [NameRule] {
    [
      NameRule("head.fc", name), NameRule("head.layers.#.fc") { "\(name).\(2 * $0[0])" },
      NameRule("head.layers.#.bn") { "\(name).\(2 * $0[0] + 1)" },
    ]
  }

  private static let gates = [
    NameRule("layer#.#.se_layer.conv1.conv") { "layer\($0[0]).\($0[1]).se.fc1" },
    NameRule("layer#.#.se_layer.conv2.conv") { "layer\($0[0]).\($0[1]).se.fc2" },
  ]
  private static let stages = gates + [NameRule("layer#") { "layer\($0[0])" }]

  /// The three convolutions of a deep stem.
  private static let stem = [
    NameRule("stem.#.conv") { "conv1.\(3 * $0[0])" }, NameRule("stem.2.bn", "bn1"),
    NameRule("stem.#.bn") { "conv1.\(3 * $0[0] + 1)" },
  ]

  /// `ResNetV1d`, whose shortcuts hold a pool only where they halve the map.
  private static let resNetD = NameTable(
    anchor: "stem.0.conv.weight",
    trunk: stem + [NameRule("layer1.0.downsample.#") { "layer1.0.downsample.\($0[0] + 1)" }] + stages,
    heads: heads("fc")
  ) { shapes, prefix in shapes.has("\(prefix)layer2.0.downsample.2.weight") }

  private static let resNetC = NameTable(
    anchor: "stem.0.conv.weight", trunk: stem + stages, heads: heads("fc")
  ) { shapes, prefix in shapes.has("\(prefix)layer1.0.conv1.weight") }

  private static let resNet = NameTable(
    anchor: "layer1.0.conv1.weight",
    trunk: [NameRule("conv1", "conv1"), NameRule("bn1", "bn1")] + stages, heads: heads("fc"), where: hasHead)

  /// What tells the library, where the trunk's names do not.
  @Sendable private static func hasHead(_ shapes: ParameterShapes, _ prefix: String) -> Bool {
    NameTable.beginnings(of: prefix).contains {
      shapes.has("\($0)head.fc.weight") || shapes.has("\($0)head.layers.0.fc.weight")
    }
  }

  /// Its blocks have the names of a ResNet's bottlenecks, which end in four times the channels that they begin with.
  private static let regNet = NameTable(
    anchor: "layer1.0.conv3.weight",
    trunk: [NameRule("conv1", "stem.0"), NameRule("bn1", "stem.1")]
      + zip(1...3, ["a", "b", "c"]).flatMap { number, letter in
        [
          NameRule("layer#.#.conv\(number)") { "\(regNetBlock($0)).f.\(letter).0" },
          NameRule("layer#.#.bn\(number)") { "\(regNetBlock($0)).f.\(letter).1" },
        ]
      } + [NameRule("layer#.#.downsample") { "\(regNetBlock($0)).proj" }],
    heads: heads("fc")
  ) { shapes, prefix in
    let widths = ["conv1", "conv3"].map { shapes.size("\(prefix)layer1.0.\($0).weight", 0) }
    return widths[0] == widths[1] && hasHead(shapes, prefix)
  }

  private static func regNetBlock(_ numbers: [Int]) -> String {
    "trunk_output.block\(numbers[0]).block\(numbers[0])-\(numbers[1])"
  }

  /// torchvision numbers all blocks in one row, and has a list of its own around a convolution with its norm and activation.
  private static let mobileNetV2 = NameTable(
    anchor: "layer1.0.conv.0.conv.weight",
    trunk: [
      NameRule("conv1.conv", "features.0.0"), NameRule("conv1.bn", "features.0.1"),
      NameRule("conv2.conv", "features.18.0"), NameRule("conv2.bn", "features.18.1"),
      NameRule("layer1.#.conv.1.conv") { "features.\($0[0] + 1).conv.1" },
      NameRule("layer1.#.conv.1.bn") { "features.\($0[0] + 1).conv.2" },
      NameRule("layer#.#.conv.2.conv") { numbers in mobileBlock(numbers).map { "\($0).2" } },
      NameRule("layer#.#.conv.2.bn") { numbers in mobileBlock(numbers).map { "\($0).3" } },
      NameRule("layer#.#.conv.#.conv") { numbers in mobileBlock(numbers).map { "\($0).\(numbers[2]).0" } },
      NameRule("layer#.#.conv.#.bn") { numbers in mobileBlock(numbers).map { "\($0).\(numbers[2]).1" } },
    ],
    heads: heads("classifier.1"))

  private static func mobileBlock(_ numbers: [Int]) -> String? {
    let counts = [1, 2, 3, 4, 3, 3, 1]
    guard (1...counts.count).contains(numbers[0]) else { return nil }
    return "features.\(1 + counts.prefix(numbers[0] - 1).reduce(0, +) + numbers[1]).conv"
  }

  private static let denseNet = NameTable(
    anchor: "stages.0.block.0.conv1.weight",
    trunk: [
      NameRule("stem.0", "features.conv0"), NameRule("stem.1", "features.norm0"),
      NameRule("stages.#.block.#") { "features.denseblock\($0[0] + 1).denselayer\($0[1] + 1)" },
      NameRule("transitions.#.0", "features.norm5"),
      NameRule("transitions.#") { "features.transition\($0[0] + 1)" },
    ],
    heads: heads("classifier"))

  private static let shuffleNetV2 = NameTable(
    anchor: "layers.0.0.branch2.0.conv.weight",
    trunk: [
      NameRule("conv1.conv", "conv1.0"), NameRule("conv1.bn", "conv1.1"),
      NameRule("layers.3.conv", "conv5.0"), NameRule("layers.3.bn", "conv5.1"),
    ]
      + [(1, [0, 2]), (2, [0, 3, 5])].flatMap { branch, places in
        places.enumerated().flatMap { number, place in
          [
            NameRule("layers.#.#.branch\(branch).\(number).conv") {
              "stage\($0[0] + 2).\($0[1]).branch\(branch).\(place)"
            },
            NameRule("layers.#.#.branch\(branch).\(number).bn") {
              "stage\($0[0] + 2).\($0[1]).branch\(branch).\(place + 1)"
            },
          ]
        }
      },
    heads: heads("fc"))
}
