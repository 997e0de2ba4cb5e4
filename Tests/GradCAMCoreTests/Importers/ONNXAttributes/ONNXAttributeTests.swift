import TestSupport
import Testing

@testable import GradCAMCore
@testable import ModelFormats

/// Every attribute that ONNX's specification gives to an operator that is imported is computed by, or refused by name.
@Suite struct ONNXAttributeTests {
  static let operators = ONNXConverters.operators.sorted()

  @Test func `Knows the operator set that the importer names as the newest`() throws {
    let specification = try ONNXSpecification.read()
    #expect(specification.newest == ONNXImporter.newestOpset)
    #expect(Self.operators.allSatisfy { specification.operators[$0] != nil })
    #expect(Self.operators.count > 90 && specification.operators.count > 190)
  }

  @Test(arguments: operators) func `An attribute at its default is as good as none`(_ name: String) throws {
    for version in try #require(try ONNXSpecification.read().operators[name]) {
      guard version.attributes.values.contains(where: { $0.value != nil }) else { continue }
      let sample = ONNXSample(name, opset: version.since, has: Set(version.attributes.keys))
      let expected = try sample.results()
      for (attribute, entry) in version.attributes {
        guard let value = entry.value else { continue }
        var explicit = sample
        explicit.node.attributes[attribute] = value
        let found = try explicit.results()
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) {
          expectSameBytes(found, expected, "\(name) \(version.since): \(attribute)")
        }
      }
    }
  }

  /// Values of attributes that have no default.
  private static let examples: [String: ONNXAttribute] = [
    "kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "dilations": .ints([1, 1]), "pads": .ints([1, 1, 1, 1]),
    "output_padding": .ints([0, 0]), "output_shape": .ints([7, 7]), "axes": .ints([1]), "perm": .ints([0, 2, 3, 1]),
    "split": .ints([1, 1]), "num_outputs": .int(2), "seed": .int(1), "end": .int(2), "value_float": .float(1),
    "value_floats": .floats([1]), "value_int": .int(1), "value_ints": .ints([1]), "axis": .int(0), "dtype": .int(1),
    "hidden_size": .int(2), "activation_alpha": .floats([1]), "activation_beta": .floats([1]),
    "scale": .float(0.5), "q_num_heads": .int(4), "kv_num_heads": .int(4), "softmax_precision": .int(1),
  ]

  /// Tensors of numbers that are no numbers, of nothing, or of text, which the reader refuses or another test has.
  private static let untried: Set<String> = ["value", "sparse_value", "value_string", "value_strings", "clip"]

  @Test(arguments: operators) func `Reads what has no default`(_ name: String) throws {
    for version in try #require(try ONNXSpecification.read().operators[name]) {
      for (attribute, entry) in version.attributes where entry.value == nil && !Self.untried.contains(attribute) {
        var sample = ONNXSample(name, opset: version.since, has: Set(version.attributes.keys))
        if name == "Constant" { sample.node.attributes = [:] }
        if name == "Resize" { sample.operands[2] = .floats([2], [1]) }
        let known = sample.node.attributes[attribute] ?? Self.examples[attribute]
        let example: ONNXAttribute = try #require(known, "\(name): \(attribute) has no example")
        sample.node.attributes[attribute] = name == "Resize" ? .ints([2]) : example
        _ = try sample.results()
      }
    }
  }

  @Test(arguments: operators) func `Refuses an attribute that no version has`(_ name: String) throws {
    for version in try #require(try ONNXSpecification.read().operators[name]) {
      var sample = ONNXSample(name, opset: version.since, has: Set(version.attributes.keys))
      if name == "Constant" { sample.node.attributes = [:] }
      sample.node.attributes["made_up"] = .int(1)
      let error = #expect(throws: InputError.self) { try sample.results() }
      #expect("\(try #require(error))".contains("made_up, which is not computed"), "\(name)")
    }
  }

  struct Refusal: Sendable, CustomTestStringConvertible {
    let name: String
    let opset: Int
    let attributes: [String: ONNXAttribute]
    let problem: String
    var testDescription: String { "\(name) \(attributes)" }

    init(_ name: String, _ opset: Int, _ attributes: [String: ONNXAttribute], _ problem: String) {
      (self.name, self.opset, self.attributes, self.problem) = (name, opset, attributes, problem)
    }
  }

  static let refusals = [
    Refusal("BatchNormalization", 7, ["spatial": .int(0)], "has spatial = 0, which is not computed"),
    Refusal("BatchNormalization", 14, ["training_mode": .int(1)], "is in training mode (an export in eval mode)"),
    Refusal("Cast", 19, ["to": .int(17)], "has to = 17, which is not computed"),
    Refusal("Conv", 11, ["auto_pad": .string("SAME")], "has auto_pad = SAME, which is not computed"),
    Refusal("Conv", 11, ["strides": .ints([2])], "has the strides [2] (two numbers)"),
    Refusal("Conv", 11, ["pads": .ints([1, 1])], "has the pads [1, 1], where four were expected"),
    Refusal("DepthToSpace", 13, ["mode": .string("DRC")], "has mode = DRC, which is not computed"),
    Refusal("Gelu", 20, ["approximate": .string("erf")], "has approximate = erf, which is not computed"),
    Refusal("GridSample", 20, ["mode": .string("spline")], "has mode = spline, which is not computed"),
    Refusal(
      "ScatterND", 18, ["reduction": .string("mean")], "has reduction = mean, which is not computed"),
    Refusal(
      "Attention", 23, ["qk_matmul_output_mode": .int(4)], "has qk_matmul_output_mode = 4, which is not computed"),
    Refusal("LSTM", 22, ["clip": .float(1)], "has an attribute clip, which is not computed"),
    Refusal("LSTM", 22, ["layout": .int(1)], "has layout = 1, which is not computed"),
    Refusal("LSTM", 22, ["input_forget": .int(1)], "has input_forget = 1, which is not computed"),
    Refusal(
      "GRU", 22, ["activations": .strings(["Affine", "Tanh"])], "has activations = Affine, which is not computed"),
    Refusal("RNN", 22, ["direction": .string("up")], "has direction = up, which is not computed"),
    Refusal("RNN", 22, ["hidden_size": .int(3)], "runs 3 steps (16384 at most, and one hidden size)"),
    Refusal("LpNormalization", 22, ["p": .int(3)], "has p = 3, which is not computed"),
    Refusal("Pad", 19, ["mode": .string("mirror")], "has mode = mirror, which is not computed"),
    Refusal("Resize", 18, ["mode": .string("area")], "has mode = area, which is not computed"),
    Refusal("Split", 18, ["num_outputs": .int(3)], "has 2 outputs and num_outputs = 3"),
    Refusal("Constant", 13, ["value_string": .string("a")], "holds several values"),
    Refusal("ArgMax", 13, ["axis": .float(1)], "has an attribute axis that is not a whole number"),
  ]

  @Test(arguments: refusals) func `Refuses what is not computed by its name`(_ refusal: Refusal) throws {
    let version = try #require(
      try ONNXSpecification.read().operators[refusal.name]?.last { $0.since <= refusal.opset })
    var sample = ONNXSample(refusal.name, opset: refusal.opset, has: Set(version.attributes.keys))
    sample.node.attributes.merge(refusal.attributes) { $1 }
    let error = #expect(throws: InputError.self) { try sample.results() }
    #expect("\(try #require(error))" == refusal.problem)
  }

  @Test func `Refuses an input too many`() throws {
    var sample = ONNXSample("Relu", opset: 14, has: [])
    sample.operands.append(.ints([1]))
    let error = #expect(throws: InputError.self) { try sample.results() }
    #expect(error?.description == "has an input 2, which is not computed")
  }

  @Test func `Standardises weights by a batch norm in training mode`() throws {
    var sample = ONNXSample("BatchNormalization", opset: 17, has: ["epsilon", "training_mode"])
    sample.node.attributes = ["training_mode": .int(1), "epsilon": .float(0)]
    // Two channels, of means 3 and deviations 2 and 1.
    sample.operands = [.floats([1, 5, 2, 4], [1, 2, 2]), .floats([2, 3], [2]), .floats([0, 1], [2])]
    sample.operands += [.floats([0, 0], [2]), .floats([1, 1], [2])]
    #expect(try sample.results()[0].logical() == [-2, 2, -2, 4])
    sample.operands[0] = .value([2, 4, 6, 6])
    let error = #expect(throws: InputError.self) { try sample.results() }
    #expect(error?.description == "is in training mode (an export in eval mode)")
  }

  @Test func `Lists places and makes tables of constants`() throws {
    func results(
      _ name: String, _ operands: [ONNXSample.Operand], _ attributes: [String: ONNXAttribute] = [:]
    ) throws -> [[Float]] {
      var sample = ONNXSample(name, opset: 18, has: [])
      (sample.node.attributes, sample.operands) = (attributes, operands)
      return try sample.results().map { $0.logical() }
    }
    #expect(try results("NonZero", [.floats([0, 1, 2, 0, 0, 3], [2, 3])]) == [[0, 0, 1, 1, 2, 2]])
    #expect(try results("NonZero", [.floats([4], [])]) == [[0]])
    #expect(try results("EyeLike", [.value([2, 3])], ["k": .int(1)]) == [[0, 1, 0, 0, 0, 1]])
    #expect(try results("EyeLike", [.value([2, 2])], ["k": .int(.max)]) == [[0, 0, 0, 0]])
    let classes = [ONNXSample.Operand.ints([2, -3, 9]), .ints([3]), .floats([-1, 4], [2])]
    #expect(try results("OneHot", classes) == [[-1, -1, 4, 4, -1, -1, -1, -1, -1]])
    #expect(try results("OneHot", classes, ["axis": .int(0)]) == [[-1, 4, -1, -1, -1, -1, 4, -1, -1]])
    #expect(try results("Unique", [.ints([3, 1, 3])]) == [[1, 3], [1, 0], [1, 0, 1], [1, 2]])
    #expect(try results("Unique", [.ints([3, 1, 3])], ["sorted": .int(0)]) == [[3, 1], [0, 1], [0, 1, 0], [2, 1]])
    let picked = [ONNXSample.Operand.floats([1, 2, 3, 4, 5, 6], [2, 3]), .ints([0, 1])]
    #expect(try results("Compress", picked, ["axis": .int(0)]) == [[4, 5, 6]])
    #expect(try results("Compress", picked) == [[2]])
  }

  @Test func `Refuses a batch norm in training mode as older files have it`() throws {
    var sample = ONNXSample("BatchNormalization", opset: 9, has: ["epsilon"])
    sample.node.outputs = ["y", "mean", "variance", "", ""]
    let error = #expect(throws: InputError.self) { try sample.results() }
    #expect(error?.description == "is in training mode (an export in eval mode)")
    sample.node.outputs = ["y", "", "", "", ""]
    _ = try sample.results()
  }

  @Test func `Computes by what newer versions ask for`() throws {
    func results(_ name: String, _ opset: Int, _ attributes: [String: ONNXAttribute]) throws -> [Float] {
      var sample = ONNXSample(name, opset: opset, has: ["blocksize"])
      sample.node.attributes.merge(attributes) { $1 }
      return try #require(try sample.results().first).logical()
    }
    // Of the input's own 288 numbers; their signs tell one operator from another.
    let input = try results("Identity", 13, [:])
    let absolute = input.map { abs($0) }
    #expect(try results("ReduceL1", 18, ["noop_with_empty_axes": .int(1)]) == absolute)
    #expect(try results("ReduceMean", 18, ["noop_with_empty_axes": .int(1)]) == input)
    #expect(try results("ReduceL1", 18, [:]).count == 1)
    let packed = try results("SpaceToDepth", 28, ["mode": .string("CRD")])
    #expect(try results("SpaceToDepth", 28, [:]) != packed)
    // Channel 1 of the output is the column behind, of the first channel.
    #expect(packed[9..<12] == [input[1], input[3], input[5]])
  }

  @Test func `Takes the element behind where an old Resize makes smaller`() throws {
    var sample = ONNXSample("Resize", opset: 10, has: ["mode"])
    sample.operands = [.value([1, 1, 6, 6]), .floats([1, 1, 0.6, 1], [4])]
    let input = try ONNXSample("Identity", opset: 13, has: []).results()[0].logical()
    let rows = [0, 2, 4].flatMap { input[$0 * 6..<$0 * 6 + 6] }
    #expect(try sample.results()[0].logical() == rows)
    sample.operands[1] = .floats([1, 1, 0.5, 2], [4])
    let error = #expect(throws: InputError.self) { try sample.results() }
    #expect(error?.description == "has scales = [0.5, 2.0], which is not computed")
  }

  @Test func `Takes the last of equal elements where the node says so`() {
    let x = Tensor([1, 3, 3, 2], Shape(1, 4))
    let context = ExecutionContext(threads: 1)
    #expect(ArgMax(axis: 1).forward([x], context).logical() == [1])
    #expect(ArgMax(axis: 1, takesLast: true).forward([x], context).logical() == [2])
  }
}
