import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What a file calls its values, weights and nodes changes no number, before a conversion and after.
@Suite struct HostileNameTests {
  /// Names for one network.
  struct Names: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var value: @Sendable (Int) -> String = { "v\($0)" }
    var weight: @Sendable (Int) -> String = { "w\($0)" }
    var node: @Sendable (Int) -> String = { "n\($0)" }
  }

  private static let odd = [
    "a\nb", "\u{1B}[31mred\u{1B}[0m", "../../etc/x", "__proto__", "gradcam.packed.1.x", "__metadata__",
    "gradcam.attribute.0.value", "gradcam.weight.0", String(repeating: "L", count: 5000), "\"q\"", "\u{202E}evil",
    "gradcam.graph", "\0", ".", "..", "-1", "e\u{301}", "\u{7F}",
  ]
  private static let cases = [
    Names(testDescription: "nodes without names", node: { _ in "" }),
    Names(testDescription: "nodes of one name", node: { _ in "n" }),
    Names(testDescription: "nodes of one scope", node: { _ in "/a/b" }),
    // Convolutions far apart that the file takes for one.
    Names(
      testDescription: "nodes called by their operators", node: { "/\(["c", "r", "c", "r", "p", "c", "c"][$0])/x" }),
    Names(testDescription: "numbers", value: { "\($0)" }, weight: { "\(100 + $0)" }, node: { "\($0)" }),
    Names(testDescription: "odd", value: { odd[$0] }, weight: { odd[7 + $0] }, node: { odd[$0] }),
    Names(testDescription: "odd scopes", value: { odd[6 + $0] }, weight: { odd[$0] }, node: { "/\(odd[$0])/x" }),
    Names(
      testDescription: "odd owners", value: { odd[6 + $0] + "v" },
      weight: { odd[$0] + ($0 % 2 == 0 ? ".weight" : ".bias") }, node: { odd[$0] }),
    Names(
      testDescription: "dots", value: { String(repeating: ".", count: $0 + 1) }, weight: { "..\($0)" },
      node: { _ in "/./.." }),
  ]

  /// Two convolutions with biases, a ReLU behind each, and a linear layer behind pooling.
  private func file(_ names: Names) -> FileBytes {
    let shapes = [[4, 3, 3, 3], [4], [4, 4, 3, 3], [4], [3, 4], [3]]
    let initializers = shapes.enumerated().map { index, shape in
      let values = SyntheticWeights.values("w\(index)", shape)
      return Wire.tensor(names.weight(index), shape, raw: values.withUnsafeBytes(Array.init))
    }
    let pads = Wire().string(1, "pads").messagesOfInts(8, [1, 1, 1, 1]).int(20, 7)
    let transposed = Wire().string(1, "transB").int(3, 1).int(20, 2)
    let steps: [(String, [Int], [Wire])] = [
      ("Conv", [0, 1], [pads]), ("Relu", [], []), ("Conv", [2, 3], [pads]), ("Relu", [], []),
      ("GlobalAveragePool", [], []),
      ("Flatten", [], []), ("Gemm", [4, 5], [transposed]),
    ]
    var value = "x"
    let nodes = steps.enumerated().map { index, step in
      let output = index == steps.count - 1 ? "y" : names.value(index)
      defer { value = output }
      return Wire.node(names.node(index), step.0, [value] + step.1.map(names.weight), [output], attributes: step.2)
    }
    let graph = Wire.graph(
      nodes, inputs: [.value("x", [1, 3, 9, 9])], outputs: [.value("y", [1, 3])], initializers: initializers)
    return FileBytes(copying: Wire.model(graph).bytes)
  }

  private func maps(_ model: Model) throws -> [ExplanationMap] {
    let input = Tensor(SyntheticWeights.values("input", [1, 3, 9, 9]), Shape(1, 3, 9, 9))
    return try MethodModel(model, input: input, target: 1).explain(["gradcam", "fullgrad"])
  }

  @Test(arguments: cases) func `Changes no number`(_ names: Names) throws {
    let plain = try maps(try Model.load(file(Names(testDescription: "plain"))))
    let model = try Model.load(file(names))
    let path = FilePath("/tmp/hostile-names-\(UInt64.random(in: 0 ... .max)).bin")
    defer { _ = path.withCString { unlink($0) } }
    try model.write(to: path)
    for found in [try maps(model), try maps(try Model.load(path))] {
      for (one, other) in zip(found, plain) {
        #expect(one.score == other.score && one.verdict == .ok)
        expectClose(one.raw.values, other.raw.values, tolerance: 1e-6, one.method.name)
      }
    }
  }

  @Test func `Refuses values that are made twice`() {
    let clashes = [
      Names(testDescription: "values", value: { _ in "v" }), Names(testDescription: "weights", weight: { _ in "w" }),
      Names(testDescription: "a value like a weight", value: { "w\($0)" }),
      Names(testDescription: "a value like the input", value: { _ in "x" }),
      Names(testDescription: "a weight without a name", weight: { $0 == 3 ? "" : "w\($0)" }),
    ]
    for names in clashes { #expect(throws: InputError.self) { try Model.load(file(names)) } }
    let error = #expect(throws: InputError.self) {
      try Model.load(file(Names(testDescription: "", weight: { $0 == 0 ? "x" : "w\($0)" })))
    }
    #expect(error?.description == "has a tensor of its own for every input, such as x")
  }

  @Test func `Explains where the last ReLU's module runs once more behind pooling`() throws {
    let names = Names(testDescription: "", node: { "/\(["c", "act", "d", "act", "p", "f", "fc"][$0])/x" })
    #expect(try Model.load(file(names)).defaultLayer == "act")
    let bytes = Wire.node("/act/Relu", "Relu", ["x"], ["r"])
    let nodes: [Wire] = [bytes, .node("", "GlobalAveragePool", ["r"], ["p"]), .node("/act/Relu", "Relu", ["p"], ["q"])]
    let graph = Wire.graph(
      [.node("/c/Abs", "Abs", ["i"], ["x"])] + nodes + [.node("", "Flatten", ["q"], ["y"])],
      inputs: [.value("i", [1, 3, 4, 4])], outputs: [.value("y", [1, 3])])
    #expect(try Model.load(FileBytes(copying: Wire.model(graph).bytes)).defaultLayer == "c")
  }
}

extension Wire {
  /// A repeated field of whole numbers.
  fileprivate func messagesOfInts(_ field: Int, _ values: [Int]) -> Wire { values.reduce(self) { $0.int(field, $1) } }
}
