import TestSupport
import Testing

@testable import ModelFormats

@Suite struct ONNXTensorTests {
  private func read(_ tensor: Wire) throws -> TensorRecord {
    let graph = Wire.graph([.node("n", "Add", ["x", "w"], ["y"])], initializers: [tensor])
    let found = try Wire.model(graph).read().graph
    // What is not read is no error of a graph that does not need it.
    if let what = found.unread["w"] { throw InputError("", "w is one \(what)") }
    return try #require(found.initializers.first)
  }

  private func error(_ tensor: Wire) -> String? { inputError { _ = try read(tensor) }?.description }

  @Test func `Reads every type in every place`() throws {
    let graph = try ONNXFixture.model("tensors").graph
    let types: [String: ElementType] = [
      "FLOAT": .float32, "DOUBLE": .float64, "FLOAT16": .float16, "BFLOAT16": .bfloat16, "INT64": .int64,
      "INT32": .int32, "INT16": .int16, "INT8": .int8, "UINT64": .uint64, "UINT32": .uint32, "UINT16": .uint16,
      "UINT8": .uint8, "BOOL": .bool,
    ]
    #expect(Set(types.values).count == ElementType.allCases.count)
    let named = Dictionary(uniqueKeysWithValues: graph.initializers.map { ($0.name, $0) })
    let constants = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.outputs[0], $0.attributes["value"]) })
    for (name, type) in types {
      guard case .tensor(let constant) = constants["\(name).constant"] else { throw InputError("", "no \(name)") }
      for record in [try #require(named["\(name).typed"]), try #require(named["\(name).raw"]), constant] {
        #expect(record.type == type)
        #expect(record.shape == [3])
        #expect(record.floats() == (type == .bool ? [0, 1, 1] : [0, 1, 100]), "\(record.name)")
      }
    }
    #expect(named["negative"]?.floats() == [-1, -128])
    #expect(named["scalar"]?.shape == [])
    #expect(named["scalar"]?.floats() == [2.5])
    #expect(named["nothing"]?.shape == [0, 2])
    #expect(named["nothing"]?.floats() == [])
  }

  @Test func `Raw and packed floats stay in the file`() throws {
    let file = try ONNXFixture.file("tensors")
    let graph = try ONNXModel(file, folder: nil).graph
    let inFile = Set(graph.initializers.filter { $0.region.file === file }.map(\.name))
    #expect(inFile.isSuperset(of: ["FLOAT.typed", "DOUBLE.typed", "scalar"]))
    #expect(inFile.isSuperset(of: graph.initializers.map(\.name).filter { $0.hasSuffix(".raw") }))
  }

  @Test func `Reads numbers that are not packed`() throws {
    let floats = Wire.tensor("w", [3]).fixed32(4, (1 as Float).bitPattern).fixed32(4, (2 as Float).bitPattern)
    #expect(try read(floats.bytes(4, [UInt8]((3 as Float).bitPattern))).floats() == [1, 2, 3])
    let doubles = Wire.tensor("w", type: 11, [2]).fixed64(10, (1.0).bitPattern).fixed64(10, (2.0).bitPattern)
    #expect(try read(doubles).floats() == [1, 2])
    let ints = Wire.tensor("w", type: 7, [3]).int(7, -1).bytes(7, [2, 3])
    #expect(try read(ints).floats() == [-1, 2, 3])
    #expect(try read(.tensor("w", type: 3, [2]).int(5, -1).int(5, 127)).floats() == [-1, 127])
    #expect(try read(.tensor("w", type: 10, [1]).int(5, 0x3c00)).floats() == [1])
    #expect(try read(.tensor("w", type: 12, [1]).int(11, 1 << 31)).floats() == [2_147_483_648])
  }

  @Test func `Dimensions may be packed`() throws {
    let tensor = Wire().bytes(1, [2, 1]).int(2, 2).string(8, "w").bytes(9, [7, 8])
    #expect(try read(tensor).shape == [2, 1])
  }

  @Test(arguments: [
    (0, "no type"), (8, "the type string"), (14, "a complex type"), (17, "a float8 type"),
    (22, "an integer type of less than 8 bits"), (23, "a float4 type"), (99, "the type number 99"),
  ])
  func `Passes over other types`(type: Int, what: String) throws {
    #expect(error(.tensor("w", type: type, [1], raw: [0])) == "w is one of \(what)")
    let attribute = Wire().string(1, "value").message(5, .tensor("w", type: type, [1], raw: [0])).int(20, 4)
    let nodes = [Wire.node("k", "Constant", [], ["t"], attributes: [attribute]), .node("", "Relu", ["x"], ["y"])]
    let constant = try #require(Wire.model(.graph(nodes)).read().graph.nodes.first)
    guard case .other("a tensor of \(what)") = constant.attributes["value"] else {
      throw InputError("", "read as \(constant.attributes)")
    }
  }

  @Test func `Refuses shapes that do not fit the data`() {
    let rest = "type F32 needs"
    #expect(error(.tensor("w", [2], raw: [0])) == "tensor w of shape [2] and \(rest) 8 bytes, and its data has 1")
    #expect(
      error(.tensor("w", [1], raw: [UInt8](repeating: 0, count: 8)))
        == "tensor w of shape [1] and \(rest) 4 bytes, and its data has 8")
    #expect(error(.tensor("w", [1])) == "tensor w of shape [1] and \(rest) 4 bytes, and its data has 0")
    #expect(
      error(.tensor("w", [3]).bytes(4, [0, 0, 0, 0]))
        == "tensor w of shape [3] and \(rest) 12 bytes, and its data has 4")
    #expect(
      error(.tensor("w", type: 7, [2]).int(7, 1))
        == "tensor w of shape [2] and type I64 needs 16 bytes, and its data has 8")
  }

  @Test(arguments: [
    [-1], [1 << 32], [1 << 20, 1 << 20, 1 << 20], [Int.max, 2], [0, 1 << 31, 1 << 31], [Int](repeating: 1, count: 65),
  ])
  func `Refuses absurd shapes`(shape: [Int]) {
    #expect(error(.tensor("w", shape)) == "tensor w claims an absurd shape \(shape.prefix(8))")
  }

  @Test func `Refuses what is not a whole tensor`() {
    #expect(
      error(.tensor("w", [1], raw: [0, 0, 0, 0]).message(3, Wire()))
        == "w is one in segments")
    #expect(
      error(.tensor("w", [1]).int(4, 1)) == "is damaged: a tensor's numbers are not of its type F32")
    #expect(
      error(.tensor("w", type: 7, [1]).fixed64(7, 1)) == "is damaged: a tensor's numbers are not of its type I64")
    let sparse = Wire().message(1, .tensor("thin", [1], raw: [0, 0, 0, 0]))
    let graph = Wire.graph([.node("", "Relu", ["x"], ["y"])]).message(15, sparse)
    #expect((try? Wire.model(graph).read())?.graph.unread == ["thin": "sparse"])
  }
}
