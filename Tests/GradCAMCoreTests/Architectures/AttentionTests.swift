import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// ConvNeXts and transformers by the names of every library, against PyTorch's numbers.
@Suite struct AttentionTests {
  typealias Network = ArchitectureTests.Network

  static let networks = [
    Network(
      "vit-torchvision", "vit:channels=3,classes=3,heads=2", [1, 3, 32, 32],
      ["encoder.layers.encoder_layer_0", "encoder.layers.encoder_layer_1.ln_1"], 1, chosen: "vit:heads=2"),
    Network("vit-timm", "vit:channels=3,classes=3,heads=1", [2, 3, 32, 32], ["blocks.0", "blocks.1.norm1"], 1),
    Network("vit-registers", "vit:channels=3,classes=3,heads=1", [1, 3, 32, 32], ["blocks.0", "blocks.1.norm1"], 1),
    Network("vit-pooled", "vit:channels=3,classes=3,heads=1", [1, 3, 32, 32], ["blocks.0", "blocks.1"], 1),
    Network("vit-gap", "vit:channels=3,classes=3,heads=1", [1, 3, 32, 32], ["blocks.1", "norm"], 1),
    Network("deit-distilled", "vit:channels=3,classes=3,heads=1", [1, 3, 32, 32], ["blocks.0", "blocks.1.norm1"], 1),
    Network(
      "vit-huggingface", "vit:channels=3,classes=3,heads=1", [1, 3, 32, 32],
      ["vit.encoder.layer.0", "vit.encoder.layer.1.layernorm_before"], 1),
    Network(
      "vit-huggingface-new", "vit:channels=3,classes=3,heads=1", [1, 3, 32, 32],
      ["vit.layers.0", "vit.layers.1.layernorm_before"], 1),
    Network(
      "deit-huggingface", "deit:channels=3,classes=3,heads=1", [1, 3, 32, 32],
      ["deit.encoder.layer.0", "deit.encoder.layer.1.layernorm_before"], 1),
    Network(
      "swin-torchvision", "swin:channels=3,classes=3,size=40", [1, 3, 40, 40], ["features.1", "norm"], 2,
      chosen: "swin:size=40"),
    Network(
      "swin-timm", "swin:channels=3,classes=3,size=40", [2, 3, 40, 40], ["layers.0", "norm"], 2, chosen: "swin:size=40"),
    Network("swin-timm-32", "swin:channels=3,classes=3,size=32", [1, 3, 32, 32], ["layers.0", "norm"], 2),
    Network(
      "swin-huggingface", "swin:channels=3,classes=3,size=56", [1, 3, 56, 56],
      ["swin.encoder.layers.0.downsample", "swin.layernorm"], 2, chosen: "swin:size=56"),
    Network(
      "convnext-torchvision", "convnext:channels=3,classes=3", [2, 3, 64, 96], ["features.3", "features.7"], 1),
    Network("convnext-timm", "convnext:channels=3,classes=3", [1, 3, 64, 96], ["stages.1", "stages.3"], 1),
    Network(
      "convnext-timm-convolutions", "convnext:channels=3,classes=3", [1, 3, 64, 64], ["stages.1", "stages.3"], 1),
    Network("convnextv2-timm", "convnextv2:channels=3,classes=3", [2, 3, 64, 64], ["stages.1", "stages.3"], 1),
    Network(
      "convnext-huggingface", "convnext:channels=3,classes=3", [1, 3, 64, 64],
      ["convnext.encoder.stages.1", "convnext.encoder.stages.3"], 1),
    Network(
      "convnextv2-huggingface", "convnextv2:channels=3,classes=3", [1, 3, 64, 64],
      ["convnextv2.encoder.stages.1", "convnextv2.encoder.stages.3"], 1),
  ]

  @Test(arguments: networks) func `Computes what PyTorch does`(_ network: Network) throws {
    try ArchitectureTests.check(network)
  }

  @Test(arguments: networks) func `Explains a layer that all of the picture goes through`(_ network: Network) throws {
    let model = try model(network.fixture, network.chosen)
    // Loading refuses a default layer that no map can be made at.
    #expect(model.defaultLayer == network.layers.last)
    #expect(model.defaultLayerDoubt == nil)
  }

  // MARK: Other names of the same

  /// A fixture's network under other names, with the scores of the fixture.
  private func check(_ fixture: String, renamed: (String) -> String, adding: [TensorRecord] = []) throws -> String {
    let fixture = try Fixture("architectures/\(fixture)")
    let records = try fixture.parameters.map { try $0.record.named(renamed($0.name)) } + adding
    let loaded = try StateDictImporter.load(records, spec: nil, threads: 1)
    let size = loaded.architecture.input
    let shape = [1, 3, size.isFixed ? size.height : 64, size.isFixed ? size.width : 96]
    let input = Tensor(SyntheticWeights.values("input", shape), Shape(shape))
    let scores = try #require(try Session(loaded.graph, threads: 1).forward(input).logits)
    expectClose(scores.logical(), try fixture.tensor("logits").logical(), "scores")
    return loaded.architecture.defaultLayer.path
  }

  /// The paper's own code, whose files keep what follows from the size of windows.
  @Test func `Reads Swin's first names`() throws {
    let kept = [
      try SyntheticWeights.record("layers.0.blocks.1.attn_mask", [4, 16, 16]),
      try SyntheticWeights.record("layers.0.blocks.0.attn.relative_position_index", [16, 16]),
    ]
    let layer = try check(
      "swin-timm-32",
      renamed: {
        $0.replacing("layers.1.downsample", with: "layers.0.downsample").replacing("head.fc", with: "head")
      }, adding: kept)
    #expect(layer == "norm")
  }

  @Test func `Reads ConvNeXt's first names`() throws {
    let layer = try check("convnext-timm") { name in
      var name = name.replacing("stem", with: "downsample_layers.0").replacing(".blocks", with: "")
      for (new, old) in [("conv_dw", "dwconv"), ("mlp.fc", "pwconv"), ("head.norm", "norm"), ("head.fc", "head")] {
        name = name.replacing(new, with: old)
      }
      guard name.contains("downsample."), let stage = name.split(separator: ".").dropFirst().first else { return name }
      return name.replacing("stages.\(stage).downsample", with: "downsample_layers.\(stage)")
    }
    #expect(layer == "stages.3")
  }

  @Test func `Reads the first names of torchvision's perceptrons`() throws {
    let fixture = try Fixture("architectures/vit-torchvision")
    let records = try fixture.parameters.map {
      try $0.record.named(
        $0.name.replacing("mlp.0", with: "mlp.linear_1").replacing("mlp.3", with: "mlp.linear_2"))
    }
    let spec = ArchitectureSpec(name: "vit", arguments: ["heads": 2])
    let loaded = try StateDictImporter.load(records, spec: spec, threads: 1)
    let input = SyntheticWeights.input(1, 3, 32, 32)
    let scores = try #require(try Session(loaded.graph, threads: 1).forward(input).logits)
    expectClose(scores.logical(), try fixture.tensor("logits").logical(), "scores")
  }

  // MARK: What the weights do not tell

  private func model(_ fixture: String, _ spec: ArchitectureSpec?, shape: (Int, Int, Int)? = nil) throws -> Model {
    let records = try Fixture("architectures/\(fixture)").parameters.map { try $0.record }
    let tensors = records.map { (name: $0.name, type: $0.type, shape: $0.shape, bytes: $0.region.bytes) }
    let file = try withExtendedLifetime(records) { try SafetensorsWriter.encode(tensors: tensors, metadata: [:]) }
    var overrides = Model.Overrides()
    overrides.architecture = spec?.description
    overrides.inputShape = shape
    return try Model.load(FileBytes(copying: file), overrides)
  }

  @Test func `Says how many heads it assumes, where no published network has that width`() throws {
    let words: Message = """
      the weights do not tell how many heads attend; assumed 1, of 64 features each (\(.arch) vit:heads=N says otherwise)
      """
    #expect(try model("vit-timm", nil).notes == [words])
    let chosen = try model("vit-timm", ArchitectureSpec(name: "vit", arguments: ["heads": 2]))
    #expect(!chosen.notes.contains { $0.description.contains("heads") })
  }

  @Test func `Says how many heads it assumes, where networks of the same shapes have 12 and 16`() throws {
    func transformer(heads: Int? = nil, adding names: [String] = []) -> VisionTransformer {
      var shapes = ["patch_embed.proj.weight": [768, 3, 16, 16], "pos_embed": [1, 196, 768], "norm.weight": [768]]
      for index in 0..<12 { shapes["blocks.\(index).norm1.weight"] = [768] }
      for name in names { shapes[name] = [1, 1, 768] }
      let arguments = heads.map { ["heads": $0] } ?? [:]
      return VisionTransformer(name: nil, arguments: arguments, shapes: ParameterShapes(shapes: shapes))
    }
    #expect(try #require(transformer().assumption).description.contains("assumed 12, of 64 features each"))
    #expect(transformer(heads: 16).assumption == nil && transformer(heads: 12).assumption == nil)
    #expect(transformer(adding: ["cls_token"]).assumption == nil)
    #expect(transformer(adding: ["fc_norm.weight"]).assumption == nil)
  }

  @Test func `Refuses heads that do not share out the features`() throws {
    for heads in [3, 65, 1 << 16] {
      let error = try #require(throws: InputError.self) {
        try model("vit-timm", ArchitectureSpec(name: "vit", arguments: ["heads": heads]))
      }
      #expect(error.description.contains("heads=\(heads)"), "\(error)")
    }
  }

  @Test func `Refuses pictures of another size than the positions, with the size that fits`() throws {
    for (fixture, shape) in [("vit-timm", "3x32x32"), ("swin-timm-32", "3x32x32")] {
      let error = try #require(throws: InputError.self) { try model(fixture, nil, shape: (3, 64, 64)) }
      #expect(error.remedy?.description == shape, "\(error)")
    }
  }

  @Test func `Knows the published numbers of heads`() {
    for (name, heads) in [
      ("vit_tiny_patch16_224", 3), ("vit_small_patch16_224", 6), ("vit_b_16", 12), ("vit_l_32", 16), ("vit_h_14", 16),
    ] {
      let network = VisionTransformer(name: name, arguments: [:], shapes: ParameterShapes(shapes: [:]))
      #expect(network.spec.arguments["heads"] == heads && network.assumption == nil)
    }
  }

  /// By name, the preprocessing and the input's side.
  static let preprocessing = [
    ("vit_b_16", "imagenet,resize=256,crop=224", 224), ("vit_l_16", "imagenet,resize=242,crop=224", 224),
    ("vit_base_patch16_224", "half,resize=248,crop=224,interpolation=bicubic", 224),
    ("vit_base_patch16_384", "half,resize=384,crop=384,interpolation=bicubic", 384),
    ("deit_small_patch16_224", "imagenet,resize=248,crop=224,interpolation=bicubic", 224),
    ("deit", "imagenet,resize=256x256,crop=224,interpolation=bicubic", 224),
    ("swin_t", "imagenet,resize=232,crop=224,interpolation=bicubic", 224),
    ("swin_s", "imagenet,resize=246,crop=224,interpolation=bicubic", 224),
    ("swin_base_patch4_window12_384", "imagenet,resize=384,crop=384,interpolation=bicubic", 384),
    ("convnext_tiny", "imagenet,resize=236,crop=224", 224), ("convnext_atto", "imagenet,interpolation=bicubic", 224),
  ]

  @Test(arguments: preprocessing)
  func `Prepares pictures as the network's publishers do`(_ name: String, _ text: String, side: Int) throws {
    let type = try #require(ArchitectureRegistry.all.first { $0.names.contains(name) })
    let network = type.init(name: name, arguments: [:], shapes: ParameterShapes(shapes: [:]))
    #expect(network.preprocessing == text && network.input.height == side && network.input.width == side)
    #expect(try Preprocessing(parsing: text).fixedSize?.height == side)
  }

  /// Trained parameters, as PyTorch counts them.
  static let counts = [
    ("vit_b_16", 86_567_656), ("vit_b_32", 88_224_232), ("vit_l_16", 304_326_632), ("vit_l_32", 306_535_400),
    ("vit_h_14", 632_045_800), ("vit_tiny_patch16_224", 5_717_416), ("vit_base_patch8_224", 86_576_872),
    ("vit_base_patch16_384", 86_859_496), ("vit_huge_patch14_224", 632_045_800),
    ("deit_tiny_distilled_patch16_224", 5_910_800), ("deit_base_distilled_patch16_384", 87_630_032),
    ("swin_t", 28_288_354), ("swin_s", 49_606_258), ("swin_b", 87_768_224),
    ("swin_tiny_patch4_window7_224", 28_288_354), ("swin_large_patch4_window12_384", 196_735_516),
    ("convnext_tiny", 28_589_128), ("convnext_small", 50_223_688), ("convnext_base", 88_591_464),
    ("convnext_large", 197_767_336), ("convnext_atto", 3_695_520), ("convnext_nano", 15_593_560),
    ("convnext_xlarge", 350_196_968), ("convnext_xxlarge", 846_471_016), ("convnextv2_atto", 3_708_400),
    ("convnextv2_huge", 660_289_640),
  ]

  @Test(arguments: counts) func `Has as many parameters as in PyTorch`(_ name: String, count: Int) throws {
    let type = try #require(ArchitectureRegistry.all.first { $0.names.contains(name) })
    let source = ParameterSource([])
    _ = type.init(name: name, arguments: [:], shapes: ParameterShapes(shapes: [:]))
      .build(NetworkBuilder(kind: "", source))
    #expect(source.expected.reduce(0) { $0 + $1.shape.reduce(1, *) } == count)
  }

  @Test func `Counts what is trained, positions and tables included`() throws {
    for fixture in ["vit-timm", "vit-registers", "swin-timm-32", "convnextv2-timm"] {
      let listed = try Fixture("architectures/\(fixture)").parameters
      let graph = try StateDictImporter.load(listed.map { try $0.record }, spec: nil, threads: 1).graph
      let count = graph.nodes.reduce(0) { $0 + $1.operation.parameterCount }
      #expect(count == listed.reduce(0) { $0 + $1.shape.reduce(1, *) }, "\(fixture)")
    }
  }

  // MARK: Hostile files

  /// Tables and masks that claim large windows cost nothing before the weights are known to be whole.
  @Test func `Takes no memory for what a file claims`() throws {
    let empty = FileBytes(copying: [UInt8]()).region
    for table in [[16129, 1], [961, 4096], [1 << 32, 1]] {
      var records = try Fixture("architectures/swin-timm-32").parameters.map {
        try TensorRecord(
          name: $0.name, type: .float32, shape: $0.name.contains("table") ? table + [0] : [0], region: empty)
      }
      records.append(
        try TensorRecord(name: "layers.0.blocks.1.attn_mask", type: .float32, shape: [1 << 16, 0], region: empty))
      #expect(throws: InputError.self) { _ = try StateDictImporter.load(records, spec: nil, threads: 1) }
    }
  }
}
