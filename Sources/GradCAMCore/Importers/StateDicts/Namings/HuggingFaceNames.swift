/// The names of Hugging Face's transformers: `modeling_resnet.py`, `modeling_regnet.py` and `modeling_mobilenet_v1.py` and `_v2.py`.
///
/// ResNets become torchvision's, as RegNets do. MobileNets, whose padding and norms are TensorFlow's, keep their names.
enum HuggingFaceNames: TabulatedNames {
  static let tables = [resNet, regNet] + mobileNets

  private static let stem = "embedder.embedder"

  private static let resNet = NameTable(
    anchor: "\(stem).convolution.weight",
    trunk: [
      NameRule("\(stem).convolution", "conv1"), NameRule("\(stem).normalization", "bn1"),
      NameRule("encoder.stages.#.layers.#.layer.#.convolution") { "layer\($0[0] + 1).\($0[1]).conv\($0[2] + 1)" },
      NameRule("encoder.stages.#.layers.#.layer.#.normalization") { "layer\($0[0] + 1).\($0[1]).bn\($0[2] + 1)" },
      NameRule("encoder.stages.#.layers.#.shortcut.convolution") { "layer\($0[0] + 1).\($0[1]).downsample.0" },
      NameRule("encoder.stages.#.layers.#.shortcut.normalization") { "layer\($0[0] + 1).\($0[1]).downsample.1" },
    ],
    heads: [NameRule("classifier.1", "fc")]
  ) { shapes, prefix in shapes.size("\(prefix)\(stem).convolution.weight", 2) == 7 }

  private static let regNet = NameTable(
    anchor: "\(stem).convolution.weight",
    trunk: [
      NameRule("\(stem).convolution", "stem.0"), NameRule("\(stem).normalization", "stem.1"),
      NameRule("encoder.stages.#.layers.#.layer.0.convolution") { "\(block($0)).f.a.0" },
      NameRule("encoder.stages.#.layers.#.layer.0.normalization") { "\(block($0)).f.a.1" },
      NameRule("encoder.stages.#.layers.#.layer.1.convolution") { "\(block($0)).f.b.0" },
      NameRule("encoder.stages.#.layers.#.layer.1.normalization") { "\(block($0)).f.b.1" },
      NameRule("encoder.stages.#.layers.#.layer.2.attention.0") { "\(block($0)).f.se.fc1" },
      NameRule("encoder.stages.#.layers.#.layer.2.attention.2") { "\(block($0)).f.se.fc2" },
      // The last one, which stands behind the gate where there is one.
      NameRule("encoder.stages.#.layers.#.layer.#.convolution") { "\(block($0)).f.c.0" },
      NameRule("encoder.stages.#.layers.#.layer.#.normalization") { "\(block($0)).f.c.1" },
      NameRule("encoder.stages.#.layers.#.shortcut.convolution") { "\(block($0)).proj.0" },
      NameRule("encoder.stages.#.layers.#.shortcut.normalization") { "\(block($0)).proj.1" },
    ],
    heads: [NameRule("classifier.1", "fc")]
  ) { shapes, prefix in shapes.size("\(prefix)\(stem).convolution.weight", 2) == 3 }

  /// torchvision's name of a RegNet's block.
  private static func block(_ numbers: [Int]) -> String {
    "trunk_output.block\(numbers[0] + 1).block\(numbers[0] + 1)-\(numbers[1])"
  }

  private static let mobileNets = [
    (name: "mobilenet_v1", anchor: "layer.25.convolution.weight"),
    (name: "mobilenet_v2", anchor: "conv_stem.first_conv.convolution.weight"),
  ].map { network in
    NameTable(
      anchor: network.anchor,
      trunk: ["conv_stem", "layer", "conv_1x1"].map { NameRule($0, "\(network.name).\($0)") },
      heads: [NameRule("classifier", "classifier")])
  }
}
