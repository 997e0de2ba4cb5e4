import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

extension ArchitectureTests {
  /// EfficientNets, MobileNets and RegNets, narrower than those that have names.
  static let mobileNetworks = [
    Network(
      "efficientnet", "efficientnet:channels=3,classes=4", [1, 3, 70, 61], ["features.4", "features.8"], 3),
    Network(
      "efficientnet_v2", "efficientnet_v2:channels=3,classes=3", [1, 3, 64, 50], ["features.3", "features.7"], 2),
    Network(
      "mobilenet_v3_small", "mobilenet_v3_small:channels=3,classes=5", [1, 3, 70, 61], ["features.6", "features.12"], 4),
    Network("mnasnet", "mnasnet-torchvision:channels=3,classes=4", [1, 3, 64, 70], ["layers.10", "layers"], 1),
    Network(
      "regnet_y", "regnet_y:channels=3,classes=5", [1, 3, 70, 61], ["trunk_output.block2", "trunk_output"], 2),
    Network("regnetx", "regnetx:channels=3,classes=3", [1, 3, 64, 70], ["s2", "s4"], 1),
    Network("regnetz", "regnetz:channels=3,classes=3", [1, 3, 64, 70], ["s2", "final_conv"], 2),
    Network("timm-efficientnet", "efficientnet:channels=3,classes=4", [1, 3, 70, 61], ["blocks.3", "bn2"], 1),
    Network(
      "timm-tf_efficientnet", "tf_efficientnet:channels=3,classes=4", [1, 3, 70, 61], ["blocks.3", "bn2"], 1,
      chosen: "tf_efficientnet"),
    Network(
      "timm-test_efficientnet", "test_efficientnet:channels=3,classes=3", [1, 3, 64, 50], ["blocks.2", "bn2"], 2),
    Network("timm-efficientnet_es", "efficientnet_edge:channels=3,classes=3", [1, 3, 70, 61], ["blocks.3", "bn2"], 1),
    Network("timm-mobilenetv2", "mobilenetv2:channels=3,classes=3", [1, 3, 70, 61], ["blocks.3", "bn2"], 1),
    Network(
      "timm-mobilenetv3_large", "mobilenetv3_large:channels=3,classes=3", [1, 3, 70, 61], ["blocks.3", "blocks"], 2),
    Network("timm-mobilenetv4", "mobilenetv4_conv:channels=3,classes=3", [1, 3, 70, 61], ["blocks.2", "blocks"], 1),
    Network("timm-lcnet", "lcnet:channels=3,classes=3", [1, 3, 64, 50], ["blocks.3", "blocks"], 1),
    Network(
      "efficientnet-pytorch", "efficientnet-pytorch:channels=3,classes=3", [1, 3, 70, 61], ["_blocks.5", "_swish"], 2),
  ]

  @Test(arguments: mobileNetworks) func `Computes what PyTorch does with mobile networks`(_ network: Network) throws {
    try Self.check(network)
  }
}

/// What is known of networks with names by their weights' shapes alone.
@Suite struct NamedMobileNetworkTests {
  struct Named: Sendable, CustomTestStringConvertible {
    let fixture: String
    let name: String
    let preprocessing: String
    let lookAlikes: [String]
    var testDescription: String { fixture }

    init(_ fixture: String, _ name: String, _ preprocessing: String, _ lookAlikes: [String] = []) {
      (self.fixture, self.name, self.preprocessing, self.lookAlikes) = (fixture, name, preprocessing, lookAlikes)
    }
  }

  static let all = [
    Named("efficientnet_b3", "efficientnet_b3", "imagenet,resize=320,crop=300,interpolation=bicubic"),
    Named("efficientnet_b5", "efficientnet_b5", "imagenet,resize=456,crop=456,interpolation=bicubic"),
    Named("mobilenet_v3_large", "mobilenet_v3_large", "imagenet"),
    Named("regnet_x_800mf", "regnet_x_800mf", "imagenet"),
    Named(
      "timm.efficientnet_b2", "efficientnet_b2", "imagenet,resize=292,crop=256,interpolation=bicubic",
      ["tf_efficientnet_b2"]),
    // Only the port has published weights.
    Named(
      "timm.efficientnetv2_s", "tf_efficientnetv2_s", "half,resize=300,crop=300,interpolation=bicubic",
      ["efficientnetv2_s"]),
    Named(
      "timm.tf_mobilenetv3_small_100", "mobilenetv3_small_100", "imagenet,resize=256,crop=224,interpolation=bicubic",
      ["tf_mobilenetv3_small_100"]),
    Named(
      "timm.mobilenetv4_conv_large", "mobilenetv4_conv_large", "imagenet,resize=404,crop=384,interpolation=bicubic",
      ["mobilenetv4_conv_aa_large"]),
  ]

  @Test(arguments: all) func `Has the name, the pictures and the look-alikes of its library`(_ named: Named) throws {
    let records = try Self.records(named.fixture)
    let shapes = Self.shapes(records)
    let architecture = EfficientNetsAndKin.recognise(shapes)
    #expect(architecture?.spec.name == named.name)
    #expect(architecture?.preprocessing == named.preprocessing)
    #expect(architecture?.lookAlikes?.names ?? [] == named.lookAlikes)
    #expect(architecture?.lookAlikes?.areLikely ?? true)
    _ = try Preprocessing(parsing: named.preprocessing)
  }

  /// Somebody who names the network is taken at their word, and one who names another network is told what it lacks.
  @Test func `Names choose`() throws {
    let shapes = Self.shapes(try Self.records("timm.efficientnet_b2"))
    let port = EfficientNet(name: "tf_efficientnet_b2", arguments: [:], shapes: shapes)
    #expect(port.name == "tf_efficientnet_b2" && port.lookAlikes == nil)
    #expect(port.preprocessing == "imagenet,resize=292,crop=260,interpolation=bicubic")
    #expect(EfficientNetsAndKin.misses(EfficientNet(name: "mnasnet_100", arguments: [:], shapes: shapes), shapes))
    #expect(EfficientNetsAndKin.misses(EfficientNet(name: "efficientnet_b3", arguments: [:], shapes: shapes), shapes))
    #expect(!EfficientNetsAndKin.misses(port, shapes))
  }

  /// Blocks of no family that is known have strides and activations that nobody tells.
  @Test func `An unknown order of blocks is not taken for a known one`() throws {
    var shapes = Self.shapes(try Self.records("timm.efficientnet_b2")).shapes
    for name in shapes.keys where name.hasPrefix("blocks.0.") && name.contains(".se.") { shapes[name] = nil }
    #expect(EfficientNetsAndKin.recognise(ParameterShapes(shapes: shapes)) == nil)
  }

  /// Sizes and kernels that a hostile file claims stay in range, and a cut file is refused.
  @Test func `Lying and cut shapes are refused without a trap`() throws {
    for fixture in Self.all.map(\.fixture) {
      let whole = Self.shapes(try Self.records(fixture)).shapes
      for size in [1, 31, 65_536, Int.max] {
        for axis in 0..<4 {
          let lying = whole.mapValues { shape in
            shape.indices.map { $0 == axis ? size : shape[$0] }
          }
          #expect(EfficientNetsAndKin.recognise(ParameterShapes(shapes: lying)) == nil)
        }
      }
      let cut = whole.filter {
        !$0.key.contains("blocks.2.") && !$0.key.contains("features.3.") && !$0.key.contains("block3")
      }
      if cut.count < whole.count { #expect(EfficientNetsAndKin.recognise(ParameterShapes(shapes: cut)) == nil) }
    }
  }

  /// The numbers are transformers' own.
  @Test func `Weights under the names of transformers are read`() throws {
    let fixture = try Fixture("architectures/transformers-efficientnet")
    let loaded = try StateDictImporter.load(fixture.parameters.map { try $0.record }, spec: nil, threads: 2)
    #expect(loaded.architecture.spec.description == "efficientnet-pytorch:channels=3,classes=3")
    let input = Tensor(SyntheticWeights.values("input", [1, 3, 70, 61]), Shape([1, 3, 70, 61]))
    let logits = try #require(try Session(loaded.graph, threads: 2).forward(input).logits)
    expectClose(logits.logical(), try fixture.tensor("logits").logical(), "logits")
  }

  private static func records(_ fixture: String) throws -> [(name: String, shape: [Int])] {
    try Fixture("architectures/\(fixture)").parameters.map { ($0.name, $0.shape) }
  }

  private static func shapes(_ records: [(name: String, shape: [Int])]) -> ParameterShapes {
    ParameterShapes(shapes: Dictionary(records, uniquingKeysWith: { first, _ in first }))
  }
}

/// The architectures that this file is about, asked by shapes alone.
private enum EfficientNetsAndKin {
  static let types: [any Architecture.Type] = [
    EfficientNet.self, EfficientNetPyTorch.self, MobileNetV3.self, MNASNet.self, RegNet.self, TimmRegNet.self,
  ]

  /// The architecture that asks for exactly these tensors.
  static func recognise(_ shapes: ParameterShapes) -> (any Architecture)? {
    types.lazy.map { $0.init(name: nil, arguments: [:], shapes: shapes) }.first { !misses($0, shapes) }
  }

  static func misses(_ architecture: any Architecture, _ shapes: ParameterShapes) -> Bool {
    let source = ParameterSource([], isSurvey: true)
    _ = architecture.build(NetworkBuilder(kind: "", source))
    let asked = Dictionary(source.expected.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first })
    return asked != shapes.shapes
  }
}
