import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What tells architectures apart, at their usual sizes.
@Suite struct RecognitionTests {
  private typealias Shapes = [String: [Int]]

  /// The tensors that an architecture asks for.
  private func asked(_ architecture: any Architecture) -> Shapes {
    let source = ParameterSource([])
    _ = architecture.build(NetworkBuilder(kind: "", source))
    return Dictionary(source.expected.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
  }

  private func named(_ name: String) throws -> any Architecture {
    let type = try #require(ArchitectureRegistry.all.first { $0.names.contains(name) })
    return type.init(name: name, arguments: [:], shapes: ParameterShapes(shapes: [:]))
  }

  static let names = ArchitectureRegistry.all.flatMap { $0.names }

  /// Architectures whose names do not tell all widths: these are read from the file.
  private static let partial: [any Architecture.Type] = [
    EfficientNet.self, EfficientNetPyTorch.self, MobileNetV3.self, MNASNet.self, RegNet.self, TimmRegNet.self,
  ]
  static let wholeNames = ArchitectureRegistry.all.filter { type in !partial.contains { $0 == type } }
    .flatMap { $0.names }

  @Test(arguments: wholeNames) func `Recognises what it builds`(_ name: String) throws {
    let shapes = asked(try named(name))
    let fitting = ArchitectureRegistry.all.map {
      $0.init(name: nil, arguments: [:], shapes: ParameterShapes(shapes: shapes))
    }
    .filter { asked($0) == shapes }
    // Pools have no weights: such a network looks like the plain one.
    var plain = name.replacing("resnetaa", with: "resnet").replacing("resnetblur", with: "resnet")
    // So does a DeiT that was not distilled.
    if !name.contains("distilled"), plain.hasPrefix("deit_") { plain = "vit_" + plain.dropFirst(5) }
    #expect(fitting.map(\.spec.name) == [plain])
  }

  /// By name, whether its weights hint at networks with other pools.
  private static let hints = [("resnet18", false), ("resnet50", false), ("resnet50d", true), ("resnet18d", true)]

  @Test(arguments: hints) func `Tells what its weights fit as well`(_ name: String, areLikely: Bool) throws {
    let shapes = ParameterShapes(shapes: asked(try named(name)))
    let found = try #require(ResNet(name: nil, arguments: [:], shapes: shapes).lookAlikes)
    #expect(found.names == ["resnetaa", "resnetblur"] && found.areLikely == areLikely)
    #expect(ResNet(name: name, arguments: [:], shapes: shapes).lookAlikes == nil)
  }

  /// Trained parameters, as PyTorch counts them.
  static let counts = [
    ("resnet18", 11_689_512), ("resnet34", 21_797_672), ("resnet50", 25_557_032), ("resnet101", 44_549_160),
    ("resnet152", 60_192_808), ("resnext50_32x4d", 25_028_904), ("resnext101_32x8d", 88_791_336),
    ("resnext101_64x4d", 83_455_272), ("wide_resnet50_2", 68_883_240), ("wide_resnet101_2", 126_886_696),
    ("vgg11", 132_863_336), ("vgg11_bn", 132_868_840), ("vgg13", 133_047_848), ("vgg13_bn", 133_053_736),
    ("vgg16", 138_357_544), ("vgg16_bn", 138_365_992), ("vgg19", 143_667_240), ("vgg19_bn", 143_678_248),
    ("alexnet", 61_100_840), ("densenet121", 7_978_856), ("densenet161", 28_681_000), ("densenet169", 14_149_480),
    ("densenet201", 20_013_928), ("squeezenet1_0", 1_248_424), ("squeezenet1_1", 1_235_496),
    ("mobilenet_v2", 3_504_872), ("seresnet50", 28_088_024), ("seresnext50_32x4d", 27_559_896),
    ("shufflenet_v2_x0_5", 1_366_792), ("shufflenet_v2_x1_0", 2_278_604), ("shufflenet_v2_x1_5", 3_503_624),
    ("shufflenet_v2_x2_0", 7_393_996),
  ]

  @Test(arguments: counts) func `Has as many parameters as in PyTorch`(_ name: String, count: Int) throws {
    let trained = asked(try named(name)).filter { !$0.key.contains("running_") }
    #expect(trained.values.reduce(0) { $0 + $1.reduce(1, *) } == count)
  }

  @Test(arguments: names) func `Explains the last feature map`(_ name: String) throws {
    let architecture = try named(name)
    let network = NetworkBuilder(kind: name, ParameterSource([]))
    let graph = network.graph(output: architecture.build(network))
    let call = try #require(graph.lastCall(architecture.defaultLayer.path))
    #expect(graph.producer(call.output).map { !($0.operation is MaxPool2d) } ?? false)
    // Whatever comes behind is pooling, flattening and a classifier, which has a batch norm in MobileNet v4.
    guard !name.hasPrefix("mobilenetv4") else { return }
    let behind = graph.nodes[call.nodes.upperBound...].map(\.operation)
    #expect(!behind.contains { ($0 as? Conv2d).map { $0.weight.shape.h == 3 } ?? $0 is BatchNorm2d })
  }

  @Test func `Reads the names of the first DenseNets`() throws {
    let listed = try Fixture("architectures/densenet").parameters
    let old = try listed.map { parameter in
      var parts = parameter.name.split(separator: ".").map(String.init)
      if parts.contains(where: { $0.hasPrefix("denselayer") }), let last = parts[parts.count - 2].popLast() {
        parts.insert(String(last), at: parts.count - 1)
      }
      return try SyntheticWeights.record(parts.joined(separator: "."), parameter.shape)
    }
    #expect(old.contains { $0.name == "features.denseblock1.denselayer1.norm.1.weight" })
    let loaded = try StateDictImporter.load(old, spec: nil, threads: 1)
    #expect(loaded.architecture.spec.description == "densenet:channels=3,classes=5")
    #expect(loaded.graph.modulePaths.contains("features.denseblock1.denselayer1.norm1"))
  }

  @Test func `Names modules as PyTorch does`() throws {
    for (fixture, paths) in [
      ("resnet18d", ["conv1.6", "act1", "layer2.0.act2", "layer2.0.downsample.0", "global_pool.flatten"]),
      ("vgg13_bn", ["features.0", "features.34", "avgpool", "classifier.6"]),
      ("densenet", ["features.relu0", "features.denseblock2.denselayer3.conv2", "features.transition1.pool", "relu"]),
      ("squeezenet1_0", ["features.12.expand3x3_activation", "classifier.3"]),
      ("mobilenet_v2", ["features.0.2", "features.1.conv.1", "features.17.conv.3", "classifier.1"]),
    ] {
      let records = try Fixture("architectures/\(fixture)").parameters.map { try $0.record }
      let graph = try StateDictImporter.load(records, spec: nil, threads: 2).graph
      for path in paths { #expect(graph.modulePaths.contains(path), "\(fixture) \(path)") }
    }
  }

  /// Shapes that claim the largest sizes, and names that claim a great many blocks.
  @Test(arguments: ArchitectureRegistry.all.indices) func `Stays small whatever shapes claim`(_ index: Int) throws {
    let type = ArchitectureRegistry.all[index]
    let usual = asked(type.init(name: nil, arguments: [:], shapes: ParameterShapes(shapes: [:])))
    for size in [0, 1, 3, 1 << 16, 1 << 40] {
      var shapes = usual.mapValues { $0.map { _ in size } }
      for block in ["layer1.", "layer4.", "features.denseblock4.denselayer"] {
        for number in [5, 6, 7, -1, 1 << 60] { shapes["\(block)\(number).x"] = [size] }
      }
      let asked = asked(type.init(name: nil, arguments: [:], shapes: ParameterShapes(shapes: shapes)))
      #expect(asked.count < 2 * usual.count + 1000)
    }
  }
}
