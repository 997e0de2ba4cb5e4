import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What is said of weights that fit no architecture, or not the one that was chosen.
@Suite struct StateDictErrorTests {
  private let listed: [ParameterListing]

  init() throws { listed = try Fixture("architectures/xray-nf2").parameters }

  private func load(_ records: [TensorRecord], _ spec: String? = nil) throws -> StateDictImporter.Result {
    let spec = try spec.map { try ArchitectureSpec(parsing: $0) }
    return try StateDictImporter.load(records, spec: spec, threads: 1)
  }

  @Test func `Lists every shortfall at once`() throws {
    var records = try listed.filter { $0.name != "resnet_blocks.1.bn2.bias" && $0.name != "classifier.0.weight" }
      .map {
        try $0.name == "resnet_blocks.2.conv2.weight" ? SyntheticWeights.record($0.name, [8, 8, 5, 5]) : $0.record
      }
    records.append(try SyntheticWeights.record("extra.weight", [3]))
    records.append(try SyntheticWeights.record("resnet_blocks.0.bn1.num_batches_tracked", []))
    let error = try #require(throws: InputError.self) { try load(records) }
    for part in [
      "nearest is xray-classifier:nc=3,nf=2", "missing resnet_blocks.1.bn2.bias [4], … (2)",
      "mis-shaped resnet_blocks.2.conv2.weight [8, 8, 5, 5], not [8, 8, 3, 3]", "unexpected extra.weight",
    ] {
      #expect(error.problem.description.contains(part), "\(error)")
    }
    #expect(!error.problem.description.contains("num_batches_tracked"))
  }

  @Test func `Says so where there are no tensors at all`() {
    #expect(
      throws: InputError(
        "", "holds no tensors", remedy: "what torch.save(model.state_dict(), 'weights.pth') writes")
    ) { _ = try load([]) }
  }

  @Test func `Believes a name from elsewhere where the weights fit it`() throws {
    let records = try Fixture("architectures/resnetaa").parameters.map { try $0.record }
    func name(_ hint: String?) throws -> String {
      try StateDictImporter.load(records, spec: nil, hint: hint, threads: 1).architecture.spec.name
    }
    #expect(try name(nil) == "resnet" && name("resnetaa") == "resnetaa")
    #expect(try name("resnet50") == "resnet" && name("my_net") == "resnet")
  }

  @Test func `Finds the nearest architecture`() throws {
    for (fixture, spec) in [
      ("resnet34", "resnet34"), ("resnet101", "resnet101"), ("cifar", "cifar-resnet"), ("vgg11", "vgg11"),
      ("alexnet", "alexnet"), ("densenet", "densenet"), ("squeezenet1_1", "squeezenet1_1"),
      ("mobilenet_v2", "mobilenet_v2"),
    ] {
      let parameters = try Fixture("architectures/\(fixture)").parameters.filter { $0.name != "conv1.weight" }
      // Only the shapes count before a network is complete: the records may share a little memory.
      let records = try parameters.map { try TensorRecord(name: $0.name, type: .float32, shape: [0], region: empty) }
      let error = try #require(throws: InputError.self) { try load(records) }
      #expect(error.problem.description.contains("the nearest is \(spec):"), "\(error.problem.description.prefix(200))")
    }
  }

  private var empty: ByteRegion { FileBytes(copying: []).region }

  @Test func `Says when nothing is known`() throws {
    let error = try #require(throws: InputError.self) { try load([SyntheticWeights.record("encoder.weight", [3])]) }
    #expect(error.problem == "is of an architecture that its weights do not tell; its tensors are encoder.weight")
    #expect(error.remedy == "export the model to ONNX: gradcam help export")
    #expect(throws: InputError.self) { try load([]) }
  }

  @Test func `Refuses architectures and arguments that are not there`() throws {
    let records = try listed.map { try $0.record }
    let name = try #require(throws: InputError.self) { try load(records, "xray") }
    #expect(
      name.problem.description.contains("'xray'") && name.remedy?.description.contains("xray-classifier") ?? false)
    let key = try #require(throws: InputError.self) { try load(records, "xray-classifier:depth=3") }
    #expect(key.problem.description.contains("no argument 'depth'") && key.remedy == "one of nc, nf")
    for text in [
      "resnet18:", "resnet18:classes", "resnet18:classes=0", "resnet18:classes=x", "resnet18:=3", "resnet18:a=b=c",
      "resnet18:classes=99999999", "resnet18:classes=-1",
    ] {
      #expect(throws: InputError.self, "\(text)") { try ArchitectureSpec(parsing: text) }
    }
    #expect(try ArchitectureSpec(parsing: "a:c=1,b=2").description == "a:b=2,c=1")
  }

  @Test func `Refuses weights of another architecture`() throws {
    let records = try listed.map { try $0.record }
    #expect(try load(records, "xray-classifier:nf=2").architecture.spec.description == "xray-classifier:nc=3,nf=2")
    let width = try #require(throws: InputError.self) { try load(records, "xray-classifier:nf=4") }
    #expect(width.problem.description.contains("is not the architecture xray-classifier:nc=3,nf=4: mis-shaped"))
    let other = try #require(throws: InputError.self) { try load(records, "resnet18") }
    #expect(
      other.problem.description.contains("missing conv1.weight")
        && other.problem.description.contains("unexpected classifier.0.weight"))
  }

  @Test func `Names no more than a line has room for`() throws {
    let records = try Fixture("architectures/resnet152").parameters.map {
      try SyntheticWeights.record($0.name.replacing("conv2", with: String(repeating: "x", count: 300)), [1])
    }
    let error = try #require(throws: InputError.self) { try load(records) }
    #expect(error.description.utf8.count <= 300 && error.remedy == "export the model to ONNX: gradcam help export")
  }

  @Test func `Does not allocate what shapes claim`() throws {
    // No bytes, and a width of a million.
    let record = try TensorRecord(
      name: "resnet_blocks.0.conv1.weight", type: .float32, shape: [1 << 20, 0, 3, 3], region: empty)
    #expect(throws: InputError.self) { try load([record]) }
    let nothing = try TensorRecord(name: "layer1.0.conv1.weight", type: .int64, shape: [0], region: empty)
    #expect(throws: InputError.self) { try load([nothing]) }
  }

  @Test func `Names weights that are not finite`() throws {
    var records = try listed.map { try $0.record }
    for (name, value) in [("resnet_blocks.0.bn1.bias", Float.nan), ("resnet_blocks.0.bn2.weight", -.infinity)] {
      let index = try #require(records.firstIndex { $0.name == name })
      let bytes = [1, value].withUnsafeBytes { Array($0) }
      records[index] = try TensorRecord(
        name: name, type: .float32, shape: [2], region: FileBytes(copying: bytes).region)
    }
    #expect(try load(records).notFinite == ["resnet_blocks.0.bn1.bias", "resnet_blocks.0.bn2.weight"])
  }
}
