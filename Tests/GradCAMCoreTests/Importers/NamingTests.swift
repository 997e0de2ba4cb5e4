import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// State dicts whose names are another library's, against PyTorch's numbers.
@Suite struct NamingTests {
  /// By fixture, the network that it is taken for, and what somebody has to say where the weights do not.
  static let networks: [(fixture: String, spec: String, chosen: String?)] = [
    ("hf.resnet-basic", "resnet:channels=3,classes=5", nil),
    ("hf.resnet-bottleneck", "resnet:channels=3,classes=5", nil),
    ("hf.mobilenet_v1", "MobileNetV1ForImageClassification:channels=3,classes=5", nil),
    ("hf.mobilenet_v2", "MobileNetV2ForImageClassification:channels=3,classes=5", nil),
    ("mm.resnet", "resnet:channels=3,classes=5", nil),
    ("mm.resnet-caffe", "resnet:channels=3,classes=5,strided=1", "resnet:strided=1"),
    ("mm.resnet_v1c", "resnet:channels=3,classes=5", nil), ("mm.resnet_v1d", "resnet:channels=3,classes=5", nil),
    ("mm.resnet_cifar", "resnet:channels=3,classes=5", nil), ("mm.seresnet", "resnet:channels=3,classes=5", nil),
    ("mm.resnext", "resnet:channels=3,classes=5", nil),
    ("mm.vgg", "vgg11:channels=3,classes=5", nil), ("mm.vgg_bn", "vgg11_bn:channels=3,classes=5", nil),
    ("mm.mobilenet_v2", "mobilenet_v2:channels=3,classes=5", nil),
    ("mm.densenet", "densenet:channels=3,classes=5", nil),
    ("mm.shufflenet_v2", "shufflenet_v2:channels=3,classes=5", nil),
    ("monai.densenet", "densenet:channels=3,classes=5", nil), ("monai.resnet", "resnet:channels=3,classes=5", nil),
    ("children.resnet", "resnet:channels=3,classes=5", nil),
    ("fastai.xresnet-basic", "resnet:channels=3,classes=5", nil),
    ("fastai.xresnet-bottleneck", "resnet:channels=3,classes=5", nil),
    ("cifar.liu-basic", "resnet:channels=3,classes=10", nil),
    ("cifar.liu-bottleneck", "resnet:channels=3,classes=10", nil),
    ("cifar.liu-three-stages", "resnet:channels=3,classes=10", nil),
    ("cifar.weiaicunzai", "resnet18:channels=3,classes=10", nil),
    ("cadene.resnet", "resnet:channels=3,classes=5", nil), ("cadene.densenet", "densenet:channels=3,classes=5", nil),
  ]

  @Test(arguments: networks.indices) func `Computes what PyTorch does`(_ index: Int) throws {
    let network = Self.networks[index]
    let fixture = try Fixture("architectures/namings/\(network.fixture)")
    let spec = try network.chosen.map { try ArchitectureSpec(parsing: $0) }
    let loaded = try StateDictImporter.load(fixture.parameters.map { try $0.record }, spec: spec, threads: 2)
    #expect(loaded.architecture.spec.description == network.spec)
    let layer = try #require(fixture.metadata["layer"])
    #expect(loaded.architecture.defaultLayer.path == layer)
    let session = Session(loaded.graph, threads: 2)
    let recorder = Recorder()
    try session.capture(layer, in: recorder)
    let size = try #require(fixture.metadata["size"]).split(separator: " ").compactMap { Int($0) }
    let logits = try #require(try session.forward(SyntheticWeights.input(1, 3, size[0], size[1])).logits)
    expectClose(logits.logical(), try fixture.tensor("logits").logical(), "\(network.fixture) logits")
    try session.backward(Tensor((0..<logits.count).map { $0 == 1 ? 1 : 0 }, logits.shape), at: .logit)
    for name in ["activations", "gradients"] {
      let found = try #require(recorder.tensors["\(layer).\(name)"])
      expectClose(found, try fixture.tensor(name), "\(network.fixture) \(name)")
    }
  }

  private func names(_ fixture: String, renamed: (String) -> String = { $0 }) throws -> [String: String]? {
    let listed = try Fixture("architectures/\(fixture)").parameters
    return names(listed.map { (renamed($0.name), $0.shape) })
  }

  private func names(_ tensors: [(String, [Int])]) -> [String: String]? {
    let shapes = ParameterShapes(shapes: Dictionary(tensors, uniquingKeysWith: { first, _ in first }))
    return ForeignNamesRegistry.all.lazy.compactMap { $0.names(shapes) }.first
  }

  private static let own = [
    "alexnet", "cifar", "cifar-deep", "densenet", "googlenet", "inception_v3", "mobilenet_v2", "resnet18", "resnet50",
    "resnet18d", "resnet-tiered", "shufflenet_v2", "squeezenet1_0", "squeezenet1_1", "vgg11", "vgg13_bn", "xray-nf2",
  ]

  @Test(arguments: own) func `Leaves names that are known`(_ fixture: String) throws {
    #expect(try names(fixture) == nil)
  }

  /// A trunk inside a module of its owner's, with the head beside it.
  @Test(arguments: ["model.", "net.module."]) func `Finds names behind a prefix`(_ prefix: String) throws {
    let found = try #require(
      try names("namings/hf.resnet-basic") { $0.hasPrefix("resnet.") ? "\(prefix)\($0)" : $0 })
    #expect(
      found["\(prefix)resnet.encoder.stages.1.layers.0.shortcut.convolution.weight"] == "layer2.0.downsample.0.weight")
    #expect(found["classifier.1.weight"] == "fc.weight")
    let bare = try #require(
      try names("namings/mm.densenet") { $0.hasPrefix("backbone.") ? String($0.dropFirst(9)) : $0 })
    #expect(bare["transitions.3.0.weight"] == "features.norm5.weight" && bare["head.fc.bias"] == "classifier.bias")
  }

  /// The head of a learner's keeps its names, which begin with 1.
  @Test func `Takes a trunk out of fastai's learners`() throws {
    let places = ["conv1": "0", "bn1": "1", "layer1": "4", "layer2": "5", "layer3": "6", "layer4": "7"]
    let resNet = try #require(
      try names("resnet18") { name in
        let parts = name.split(separator: ".", maxSplits: 1)
        return places[String(parts[0])].map { "0.\($0).\(parts[1])" } ?? name.replacing("fc", with: "1.8")
      })
    #expect(resNet["0.0.weight"] == "conv1.weight" && resNet["0.7.1.bn2.bias"] == "layer4.1.bn2.bias")
    #expect(resNet["1.8.weight"] == nil && resNet.count == 100)
    for (fixture, first) in [
      ("densenet", "conv0"), ("squeezenet1_1", "3.squeeze"), ("mobilenet_v2", "0.0"), ("vgg11", "0"), ("alexnet", "0"),
    ] {
      let found = try #require(try names(fixture) { $0.replacing("features.", with: "0.0.", maxReplacements: 1) })
      #expect(found["0.0.\(first).weight"] == "features.\(first).weight", "\(fixture)")
      #expect(found.values.allSatisfy { $0.hasPrefix("features.") }, "\(fixture)")
    }
  }

  @Test func `Reads Cadène's VGG and AlexNet`() throws {
    for (fixture, linear) in [("vgg11", "classifier.0"), ("alexnet", "classifier.1")] {
      let found = try #require(
        try names(fixture) {
          $0.replacing("classifier.6", with: "last_linear").replacing(linear, with: "linear0")
            .replacing(fixture == "vgg11" ? "classifier.3" : "classifier.4", with: "linear1")
            .replacing("features", with: "_features")
        })
      #expect(Set(found.values) == Set(try Fixture("architectures/\(fixture)").parameters.map(\.name)))
    }
  }

  /// Of networks whose architectures other files bring.
  @Test func `Reads names of RegNets and EfficientNets`() throws {
    let hugging = try #require(
      names([
        ("regnet.embedder.embedder.convolution.weight", [8, 3, 3, 3]),
        ("regnet.encoder.stages.1.layers.2.layer.2.attention.2.bias", [8]),
        ("regnet.encoder.stages.1.layers.2.layer.3.normalization.weight", [8]), ("classifier.1.bias", [5]),
      ]))
    #expect(
      Set(hugging.values) == [
        "stem.0.weight", "trunk_output.block2.block2-2.f.se.fc2.bias", "trunk_output.block2.block2-2.f.c.1.weight",
        "fc.bias",
      ])
    let openMM = try #require(
      names([
        ("backbone.conv1.weight", [8, 3, 3, 3]), ("backbone.layer1.0.conv3.weight", [8, 8, 1, 1]),
        ("backbone.layer1.0.conv1.weight", [8, 8, 1, 1]),
        ("backbone.layer2.0.downsample.0.weight", [16, 8, 1, 1]), ("head.fc.weight", [5, 16]),
      ]))
    #expect(
      Set(openMM.values) == [
        "stem.0.weight", "trunk_output.block1.block1-0.f.a.0.weight", "trunk_output.block1.block1-0.f.c.0.weight",
        "trunk_output.block2.block2-0.proj.0.weight", "fc.weight",
      ])
    let monai = try #require(
      names([("net._blocks.0.0._depthwise_conv.weight", [8, 1, 3, 3]), ("net._blocks.1.2._bn0.bias", [8])]))
    #expect(Set(monai.values) == ["_blocks.0._depthwise_conv.weight", "_blocks.2._bn0.bias"])
  }

  /// Numbers that no network has, and names that are almost known.
  @Test func `Passes over names that lead nowhere`() {
    let anchor = ("conv1.conv.weight", [8, 3, 3, 3])
    let mobile = ("layer1.0.conv.0.conv.weight", [8, 1, 3, 3])
    for name in [
      "layer99999999999999999999.0.conv.0.conv.weight", "layer10000.0.conv.0.conv.weight",
      "layer9.0.conv.0.conv.weight",
      "layer-1.0.conv.0.conv.weight", "layer.0.conv.0.conv.weight", "layer0.0.conv.0.conv.weight", "layer1..conv", "",
    ] {
      let found = names([anchor, mobile, (name, [8, 8, 1, 1])])
      #expect(found?[mobile.0] == "features.1.conv.0.0.weight" && found?[name] == nil, "\(name)")
    }
    #expect(names([("conv2_x.0.residual_function.0.weights", [1, 1, 1, 1])]) == nil)
    #expect(names([("xembedder.embedder.convolution.weight", [1, 1, 7, 7])]) == nil)
  }
}
