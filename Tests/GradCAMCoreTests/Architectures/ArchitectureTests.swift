import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Networks recognised by their state dicts, against PyTorch's numbers.
@Suite struct ArchitectureTests {
  struct Network: Sendable, CustomTestStringConvertible {
    let fixture: String
    let spec: String
    let input: [Int]
    let layers: [String]
    let target: Int
    /// What somebody has to say, for the weights do not.
    let chosen: ArchitectureSpec?
    var testDescription: String { fixture }

    init(
      _ fixture: String, _ spec: String, _ input: [Int], _ layers: [String], _ target: Int = 0, chosen: String? = nil
    ) {
      (self.fixture, self.spec, self.input, self.layers, self.target) = (fixture, spec, input, layers, target)
      self.chosen = chosen.flatMap { try? ArchitectureSpec(parsing: $0) }
    }
  }

  static let networks = [
    Network("xray-nf2", "xray-classifier:nc=3,nf=2", [1, 3, 256, 256], ["resnet_blocks.3", "resnet_blocks.4"]),
    Network("xray-nf3", "xray-classifier:nc=1,nf=3", [1, 1, 256, 256], ["resnet_blocks.4"]),
    Network("xray-nf4", "xray-classifier:nc=3,nf=4", [1, 3, 256, 256], ["resnet_blocks.4"]),
    Network("cifar", "cifar-resnet:channels=3,classes=10,depth=8,width=4", [2, 3, 20, 28], ["layer2", "layer3"], 3),
    Network(
      "cifar-deep", "cifar-resnet:channels=3,classes=5,depth=20,width=2", [1, 3, 32, 32], ["layer2", "layer3"], 1),
    Network("resnet18", "resnet18:channels=3,classes=7", [1, 3, 64, 48], ["layer3", "layer4"], 2),
    Network("resnet50", "resnet50:channels=3,classes=4", [1, 3, 40, 17], ["layer4"], 2),
    Network("resnext", "resnet:channels=3,classes=5", [1, 3, 33, 20], ["layer4"], 1),
    Network("resnet18d", "resnet18d:channels=3,classes=3", [1, 3, 70, 37], ["layer3", "layer4"]),
    Network("resnet-tiered", "resnet:channels=3,classes=6", [1, 3, 70, 37], ["layer3", "layer4"], 5),
    Network(
      "resnetblur", "resnetblur:channels=3,classes=3", [1, 3, 70, 37], ["layer3", "layer4"], 2, chosen: "resnetblur"),
    Network(
      "resnetaa", "resnetaa:channels=3,classes=4", [1, 3, 64, 96], ["layer3", "layer4"], 1, chosen: "resnetaa"),
    Network("vgg11", "vgg11:channels=3,classes=5", [1, 3, 64, 96], ["features.7", "features.19"], 4),
    Network("vgg13_bn", "vgg13_bn:channels=1,classes=3", [2, 1, 70, 45], ["features.19", "features.33"], 1),
    Network("alexnet", "alexnet:channels=3,classes=4", [1, 3, 127, 90], ["features.4", "features.11"], 3),
    Network("densenet", "densenet:channels=3,classes=5", [1, 3, 70, 64], ["features.denseblock2", "relu"], 2),
    Network("squeezenet1_0", "squeezenet1_0:channels=3,classes=5", [1, 3, 70, 61], ["features.8", "classifier.2"], 2),
    Network("squeezenet1_1", "squeezenet1_1:channels=2,classes=3", [2, 2, 65, 80], ["features.7", "classifier.2"], 1),
    Network("mobilenet_v2", "mobilenet_v2:channels=3,classes=4", [1, 3, 64, 70], ["features.10", "features.18"], 3),
    Network("head-mlp", "resnet:channels=3,classes=5", [1, 3, 64, 48], ["layer3", "layer4"], 2),
    Network("head-fastai", "resnet:channels=3,classes=5", [2, 3, 70, 37], ["layer4"], 1),
    Network("head-vgg", "vgg11:channels=3,classes=5", [1, 3, 64, 96], ["features.19"], 4),
    Network("googlenet", "googlenet:channels=3,classes=5", [1, 3, 70, 64], ["inception4c", "inception5b"], 2),
    Network(
      "googlenet-transforming", "googlenet:channels=3,classes=5,transform=1", [1, 3, 70, 64], ["inception5b"], 2,
      chosen: "googlenet:transform=1"),
    Network("inception_v3", "inception_v3:channels=3,classes=5", [1, 3, 90, 80], ["Mixed_6b", "Mixed_7c"], 1),
    Network("shufflenet_v2", "shufflenet_v2:channels=3,classes=4", [1, 3, 64, 70], ["stage3", "conv5"], 3),
  ]

  @Test(arguments: networks + mobileNetworks) func `Computes what PyTorch does`(_ network: Network) throws {
    try Self.check(network)
  }

  /// Compares scores, and activations and gradients at layers, with those of a fixture.
  static func check(_ network: Network) throws {
    let fixture = try Fixture("architectures/\(network.fixture)")
    let records = try fixture.parameters.map { try $0.record }
    let loaded = try StateDictImporter.load(records, spec: network.chosen, threads: 2)
    #expect(loaded.architecture.spec.description == network.spec)
    #expect(loaded.notFinite.isEmpty)
    #expect(network.layers.last == loaded.architecture.defaultLayer.path)
    let session = Session(loaded.graph, threads: 2)
    let recorder = Recorder()
    for layer in network.layers { try session.captureLastCall(layer, in: recorder) }
    let input = Tensor(SyntheticWeights.values("input", network.input), Shape(network.input))
    let logits = try #require(try session.forward(input).logits)
    expectClose(logits.logical(), try fixture.tensor("logits").logical(), "logits")
    let classes = logits.count / network.input[0]
    let score = logits.logical().indices.map { $0 % classes == network.target ? 1 as Float : 0 }
    try session.backward(Tensor(score, logits.shape), at: .logit)
    for name in network.layers.flatMap({ ["\($0).activations", "\($0).gradients"] }) {
      expectClose(try #require(recorder.tensors[name]), try fixture.tensor(name), name)
    }
  }

  /// Parameters that are trained, and with the batch norms' statistics.
  static let sizes = [
    ("resnet18", 62, 102), ("resnet34", 110, 182), ("resnet50", 161, 267), ("resnet101", 314, 522),
    ("resnet152", 467, 777),
  ]

  @Test(arguments: sizes)
  func `Asks for the parameters that PyTorch lists`(_ name: String, trained: Int, all: Int) throws {
    let listed = try Fixture("architectures/\(name)").parameters
    let shapes = ParameterShapes(
      shapes: Dictionary(listed.map { ($0.name, $0.shape) }, uniquingKeysWith: { first, _ in first }))
    let architecture = ResNet(name: nil, arguments: [:], shapes: shapes)
    #expect(architecture.spec.name == name)
    let source = ParameterSource([])
    let network = NetworkBuilder(kind: name, source)
    _ = architecture.build(network)
    #expect(source.expected.count == all)
    #expect(source.expected.count { !$0.name.contains("running_") } == trained)
    #expect(Set(source.expected.map { "\($0.name) \($0.shape)" }) == Set(listed.map { "\($0.name) \($0.shape)" }))
  }

  @Test func `Names modules as PyTorch does`() throws {
    let listed = try Fixture("architectures/resnet18").parameters
    let graph = try StateDictImporter.load(listed.map { try $0.record }, spec: nil, threads: 2).graph
    for path in ["conv1", "maxpool", "layer1.0.relu", "layer2.0.downsample.1", "layer4.1.bn2", "avgpool", "fc"] {
      #expect(graph.modulePaths.contains(path), "\(path)")
    }
    #expect(graph.canonicalPath("layer4") == "layer4.1")
    #expect(try graph.resolve("layer4.-1") == graph.resolve("layer4.1"))
  }

  /// The whole CIFAR model and the X-ray classifier, where the larger reference data is at hand.
  static let references = [
    ("cifar10-resnet20.th", "cifar10-resnet20.layer3.cat", "layer3", Session.ScorePoint.logit),
    ("cifar10-resnet20.th", "cifar10-resnet20.layer2.rocket", "layer2", .logit),
    ("xray-nf8.pth", "xray-nf8.block4.chest-frontal", "resnet_blocks.4", .output),
    ("xray-nf8.pth", "xray-nf8.block1.chest-wide", "resnet_blocks.1", .output),
  ]

  @Test(.enabled(if: Fixture.reference != nil), arguments: references)
  func `Agrees with the reference`(_ model: String, _ golden: String, _ layer: String, at point: Session.ScorePoint)
    throws
  {
    let folder = try #require(Fixture.reference)
    let file = try FileBytes(path: folder.appending(FilePath("models/\(model)")))
    let loaded = try StateDictImporter.load(StateDict.load(file).tensors, spec: nil, threads: 2)
    let reference = try Fixture(path: folder.appending(FilePath("golden/\(golden).safetensors")))
    let session = Session(loaded.graph, threads: 2)
    let recorder = Recorder()
    try session.capture(layer, in: recorder)
    let output = try session.forward(try reference.tensor("input")).output
    expectClose(output.logical(), try reference.tensor("output").logical(), "output")
    expectClose(
      try #require(recorder.tensors["\(layer).activations"]), try reference.tensor("activations"), "activations")
    // A network with one output has no target.
    let target = output.count == 1 ? 0 : Int(try reference.tensor("target").logical()[0])
    try session.backward(Tensor((0..<output.count).map { $0 == target ? 1 : 0 }, output.shape), at: point)
    expectClose(
      try #require(recorder.tensors["\(layer).gradients"]), try reference.tensor("gradients"), "gradients")
  }
}
