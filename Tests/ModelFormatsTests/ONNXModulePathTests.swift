import Testing

@testable import ModelFormats

@Suite struct ONNXModulePathTests {
  private func paths(_ name: String) throws -> [String] {
    try ONNXFixture.model(name).graph.modulePaths().map { path in
      guard let path, let scope = path.scopes.last else { return "-" }
      return "\(path.path) \(path.operation)" + (scope.call > 0 ? " \(scope.call)" : "")
    }
  }

  private func path(
    _ name: String = "", operation: String = "Conv", inputs: [String] = [], output: String = "17",
    metadata: [String: String] = [:]
  ) -> ONNXModulePath? {
    let node = ONNXNode(name: name, opType: operation, inputs: inputs, outputs: [output], metadata: metadata)
    return ONNXGraph(nodes: [node]).modulePaths()[0]
  }

  @Test func `Reads scoped names`() throws {
    #expect(
      try paths("scoped") == [
        "features.0.0 Conv", "features.0.2 Relu", "features.1 MaxPool", "block.conv Conv", "block.act HardSigmoid",
        "block.act Mul", "block.branch.0 Conv", "block.branch.1.0 Conv", "block.branch.1.1 Relu", "block.conv_1 Conv",
        "block.act HardSigmoid 1", "block.act Mul 1", "block Add", "block.conv Conv_1 1", "block.act HardSigmoid 2",
        "block.act Mul 2", "block.branch.0 Conv 1", "block.branch.1.0 Conv 1", "block.branch.1.1 Relu 1",
        "block.conv_1 Conv 1", "block.act HardSigmoid 3", "block.act Mul 3", "block Add 1", "named.down Conv",
        " Relu", " Constant", " Mul", " Relu_1", " ReduceMean", "fc Gemm",
      ])
    let scopes = try #require(ONNXFixture.model("scoped").graph.modulePaths()[7]).scopes
    #expect(scopes.map(\.path) == ["", "block", "block.branch.1", "block.branch.1.0"])
  }

  @Test func `Reads the metadata of the current exporter`() throws {
    let found = try paths("dynamo")
    #expect(
      found.prefix(12) == [
        "features.0.1 _native_batch_norm_legit_no_training", "features.0.2 relu", "features.1 max_pool2d",
        "block.conv conv2d_1", "block.act hardswish", "block.branch.0 conv2d_2", "block.branch.1.0 conv2d_3",
        "block.branch.1.1 relu_1", "block.conv_1 conv2d_4", "block.act hardswish_1", "block add_55",
        "block.conv conv2d_5",
      ])
    #expect(found.suffix(6) == ["named.down conv2d_9", " relu_3", " mul_47", " relu_4", " mean", "fc linear"])
    let scopes = try #require(ONNXFixture.model("dynamo").graph.modulePaths()[6]).scopes
    #expect(scopes.map(\.path) == ["", "block", "block.branch.1", "block.branch.1.0"])
    #expect(
      scopes.map(\.className) == [
        "__main__.Network", "__main__.Block", "torch.nn.modules.container.Sequential", "torch.nn.modules.conv.Conv2d",
      ])
  }

  @Test func `Reads other forms of the metadata`() {
    let key = "pkg.torch.onnx.name_scopes"
    let namespace = ": net.Net/layer1: net.Block/layer1.conv: nn.Conv2d/conv2d: aten.conv2d.default"
    let found = path(metadata: ["namespace": namespace])
    #expect(found?.scopes.map(\.path) == ["", "layer1", "layer1.conv"])
    #expect(found?.scopes.map(\.className) == ["net.Net", "net.Block", "nn.Conv2d"])
    #expect(found?.operation == "conv2d")
    let repeated = path(metadata: [key: #"["", "act@1", 'relu\'s']"#])
    #expect(repeated?.scopes == [.init(path: ""), .init(path: "act", call: 1)])
    #expect(repeated?.operation == "relu's")
    for damaged in ["", "[]", "['only']", "['', 'cut", "no list"] {
      #expect(path(metadata: [key: damaged]) == nil)
    }
    #expect(
      path(metadata: [key: "['', 'a', 'b']", "pkg.torch.onnx.class_hierarchy": "['N']"])?.scopes.last?.className == nil)
  }

  @Test func `Reads the name of the weight`() {
    let found = path("Conv_0", inputs: ["input", "layer1.0.conv1.weight"])
    #expect(found?.scopes.map(\.path) == ["", "layer1", "layer1.0", "layer1.0.conv1"])
    #expect(found?.operation == "Conv")
    #expect(path("Conv_0", inputs: ["input", "193"]) == nil)
  }

  @Test(arguments: [
    ("model/block1/conv/Conv2D:0", "model.block1.conv", "Conv2D"),
    ("StatefulPartitionedCall/model/conv/BiasAdd__12:0", "model.conv", "BiasAdd__12"),
    ("conv2d_0.tmp_0", "conv2d_0", "Conv"), ("resnetv10_conv0_fwd", "resnetv10_conv0_fwd", "Conv"),
    ("fire2/squeeze1x1_1", "fire2.squeeze1x1_1", "Conv"), ("getitem_3", "getitem_3", "Conv"),
  ])
  func `Reads names of outputs`(output: String, modules: String, operation: String) {
    let found = path(output: output)
    #expect(found?.path == modules)
    #expect(found?.operation == operation)
  }

  @Test(arguments: ["17", "input.4", "onnx::Conv_193", "Conv_17", "Conv", "", "x:y", ":0", "Identity:0", "/"])
  func `Knows names that are none`(output: String) { #expect(path(output: output) == nil) }

  @Test func `Names of outputs are not mixed with modules`() {
    func node(_ name: String, _ output: String, weight: String = "") -> ONNXNode {
      ONNXNode(name: name, opType: "Conv", inputs: ["x", weight], outputs: [output])
    }
    let nodes = [node("/conv/Conv", "a"), node("Split_9", "split"), node("Conv_2", "b", weight: "fc.weight")]
    #expect(ONNXGraph(nodes: nodes).modulePaths().map { $0?.path } == ["conv", nil, "fc"])
  }

  @Test func `Damaged names are none`() {
    #expect(path("/") == nil)
    #expect(path("/" + String(repeating: "a/", count: 100) + "Conv") == nil)
    #expect(path("//a//Conv")?.path == "a")
    #expect(path(output: String(repeating: "a/", count: 100)) == nil)
  }
}
