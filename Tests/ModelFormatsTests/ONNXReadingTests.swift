import TestSupport
import Testing

@testable import ModelFormats

/// What onnx's own library and PyTorch's exporters write.
@Suite struct ONNXReadingTests {
  @Test func `Reads the model's own fields`() throws {
    let model = try ONNXFixture.model("attributes")
    #expect(model.irVersion == 8)
    #expect(model.producerName == "fixtures")
    #expect(model.producerVersion == "1.2")
    #expect(model.opsets == ["": 17, "custom": 3])
    #expect(model.metadata == ["names": "cat, dog"])
    #expect(model.graph.name == "graph")
    #expect(model.functions.isEmpty)
  }

  @Test func `Reads every kind of attribute`() throws {
    let node = try #require(ONNXFixture.model("attributes").graph.nodes.first)
    #expect([node.name, node.domain, node.opType] == ["everything", "custom", "Everything"])
    #expect(node.opset == 3)
    #expect(node.inputs == ["x", "", "x"])
    #expect(node.outputs == ["z"])
    let described = node.attributes.mapValues { value in
      switch value {
      case .int(let value): "\(value)"
      case .float(let value): "\(value)"
      case .string(let value): value
      case .tensor(let record): "\(record.name) \(record.shape) \(record.floats())"
      case .ints(let values): "\(values)"
      case .floats(let values): "\(values)"
      case .strings(let values): "\(values)"
      case .graph: "a graph"
      case .other(let what): what
      case .reference(let name): "-> \(name)"
      }
    }
    #expect(
      described == [
        "int": "-3", "float": "0.5", "string": "text", "tensor": "dense [2] [1.5, 2.5]", "ints": "[1, -2]",
        "floats": "[0.25, 4.0]", "strings": "[\"a\", \"b\"]", "graph": "a graph", "graphs": "a list of graphs",
        "tensors": "a list of tensors", "sparse": "a sparse tensor", "type": "a type",
      ])
  }

  @Test func `Reads shapes of values`() throws {
    let graph = try ONNXFixture.model("attributes").graph
    #expect(graph.inputs.map(\.name) == ["x"])
    #expect(graph.inputs[0].elementType == .float32)
    #expect(graph.inputs[0].dimensions == [.symbolic("batch"), .unknown, .fixed(2)])
    #expect(graph.outputs[0].dimensions == [])
    let inputs = [
      Wire.value("x", [-1, 0, 3]), Wire().string(1, "untyped"),
      Wire().string(1, "sequence").message(2, Wire().message(4, Wire())),
      Wire().string(1, "text").message(2, Wire().message(1, Wire().int(1, 8))),
    ]
    let values = try Wire.model(.graph([.node("", "Relu", ["x"], ["y"])], inputs: inputs)).read().graph.inputs
    #expect(values.map(\.dimensions) == [[.unknown, .fixed(0), .fixed(3)], nil, nil, nil])
    #expect(values.map(\.elementType) == [.float32, nil, nil, nil])
  }

  @Test func `Weights that are also inputs are weights`() throws {
    let model = try ONNXFixture.model("legacy")
    #expect(model.irVersion == 3)
    #expect(model.graph.inputs.map(\.name) == ["x"])
    #expect(model.graph.initializers.map(\.name) == ["weight", "bias"])
    #expect(model.graph.initializers[0].floats() == [0, 1, 2, 3, 4, 5])
  }

  @Test func `Reads both exporters of PyTorch`() throws {
    for name in ["scoped", "dynamo"] {
      let model = try ONNXFixture.model(name)
      #expect(model.producerName == "pytorch")
      #expect(model.graph.inputs.map(\.name) == ["input"])
      #expect(model.graph.inputs[0].dimensions?.dropFirst() == [.fixed(3), .fixed(8), .fixed(8)])
      #expect(model.graph.outputs.map(\.name) == ["logits"])
      #expect(model.graph.nodes.last?.opType == "Gemm")
      let weight = try #require(model.graph.initializers.first { $0.name == "fc.weight" })
      #expect(weight.shape == [3, 2])
      #expect(weight.floats().allSatisfy { abs($0) < 1 && $0 != 0 })
    }
  }

  @Test func `Orders nodes as they can run`() throws {
    let nodes = ["c": ("b", "y"), "a": ("x", "a"), "b": ("a", "b")].sorted { $0.key > $1.key }
      .map { Wire.node($0.key, "Relu", [$0.value.0], [$0.value.1]) }
    #expect(try Wire.model(.graph(nodes)).read().graph.nodes.map(\.name) == ["a", "b", "c"])
    let ordered = ["first", "second", "third"].map { Wire.node($0, "Relu", ["x"], [$0 == "first" ? "y" : $0]) }
    #expect(try Wire.model(.graph(ordered)).read().graph.nodes.map(\.name) == ["first", "second", "third"])
    // Far more than a thread's stack would hold.
    let count = 50_000
    let chain = (0..<count).reversed().map { Wire.node("\($0)", "Relu", [$0 == 0 ? "x" : "\($0)"], ["\($0 + 1)"]) }
    let graph = Wire.graph(chain, outputs: [.value("\(count)")])
    #expect(try Wire.model(graph).read().graph.nodes.map(\.name) == (0..<count).map(String.init))
  }

  @Test func `Opsets may be missing`() throws {
    let model = try Wire().int(1, 3).message(7, .graph([.node("", "Relu", ["x"], ["y"])])).read()
    #expect(model.opsets.isEmpty)
    #expect(model.graph.nodes[0].opset == 1)
  }

  @Test func `Attributes without a type are what they hold`() throws {
    let attributes = [
      Wire().string(1, "i").int(3, 4), Wire().string(1, "f").fixed32(2, (2 as Float).bitPattern),
      Wire().string(1, "s").string(4, "t"), Wire().string(1, "is").int(8, 1).int(8, 2),
      Wire().string(1, "fs").fixed32(7, 0), Wire().string(1, "ss").string(9, "u"),
      Wire().string(1, "g").message(6, Wire()), Wire().string(1, "zero").int(20, 2),
      Wire().string(1, "t").message(5, .tensor("", [], raw: [0, 0, 0, 0])),
    ]
    let found = try Wire.model(.graph([.node("", "Relu", ["x"], ["y"], attributes: attributes)])).read()
      .graph.nodes[0].attributes
    guard case .int(4) = found["i"], case .float(2) = found["f"], case .string("t") = found["s"],
      case .ints([1, 2]) = found["is"], case .floats([0]) = found["fs"], case .strings(["u"]) = found["ss"],
      case .graph = found["g"], case .int(0) = found["zero"], case .tensor = found["t"]
    else { throw InputError("", "read as \(found)") }
  }

  @Test func `Tells ONNX files from others`() throws {
    for name in ONNXFixture.names {
      let bytes = try ONNXFixture.file(name).array
      for count in 2...min(20, bytes.count) {
        #expect(bytes[..<count].withUnsafeBytes { ONNXModel.looksLikeIt($0) }, "\(name) \(count)")
      }
    }
    let graphFirst = Wire().message(7, .graph([.node("", "Relu", ["x"], ["y"])])).int(1, 8).bytes
    #expect(graphFirst.withUnsafeBytes { ONNXModel.looksLikeIt($0) })
    #expect(try Wire(bytes: graphFirst).read().graph.nodes.count == 1)
    for name in DamageTests.names {
      let file = try Fixture.file(name)
      withExtendedLifetime(file) { #expect(!ONNXModel.looksLikeIt(file.bytes), "\(name)") }
    }
    for text in ["", "x", ":-) hello", "<html>", "\u{8}\u{0}", "\u{8}\u{7}hello"] {
      #expect(!Array(text.utf8).withUnsafeBytes { ONNXModel.looksLikeIt($0) }, "\(text)")
    }
  }
}
