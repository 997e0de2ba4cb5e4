import Testing

@testable import GradCAMCore
@testable import ModelFormats

@Suite struct ONNXConverterTests {
  /// How many parts ONNX's Split makes of five channels.
  private func parts(_ sizes: [Int]) throws -> Int {
    var node = ONNXNode(opType: "Split", inputs: ["x"], outputs: ["a", "b"])
    node.attributes = ["axis": .int(1), "split": .ints(sizes)]
    let context = ONNXNodeContext(
      node: node, operands: [.value(Value(index: 0), Shape(1, 5, 3, 2))], loader: WeightLoader(packed: PackedWeights()),
      emit: emit)
    let convert = try #require(ONNXConverters.converter(node))
    return try convert(context).count
  }

  private func emit(
    _ operation: any GradCAMCore.Operation, _ operands: [ONNXOperand]
  ) throws(InputError) -> ONNXOperand {
    .value(Value(index: 1), try operation.outputShape(of: operands.map(\.shape)))
  }

  @Test(arguments: [[2, 2], [7, -2], [.max, .max], [5]])
  func `Refuses parts that do not fill the axis`(_ sizes: [Int]) throws {
    let error = #expect(throws: InputError.self) { try parts(sizes) }
    #expect(error?.description == "splits 5 into \(sizes)")
    #expect(try parts([2, 3]) == 2)
  }

  /// A Clip or Max of these inputs, exported from a PyTorch operator that the metadata name.
  private func operation(
    _ type: String, _ bounds: [Float?], from operation: String? = nil
  ) throws -> any GradCAMCore.Operation {
    var node = ONNXNode(opType: type, inputs: ["x"], outputs: ["y"])
    node.opset = 17
    if let operation {
      let call = "%y : [num_users=1] = call_function[target=torch.ops.\(operation)](args = (%x, [1]), kwargs = {})"
      node.metadata["pkg.torch.onnx.fx_node"] = call
    }
    let operands: [ONNXOperand?] = bounds.map {
      $0.map { .constant(ONNXConstant(Tensor([$0], Shape()), isInteger: false)) }
    }
    var emitted: (any GradCAMCore.Operation)?
    let context = ONNXNodeContext(
      node: node, operands: [.value(Value(index: 0), Shape(1, 5, 3, 2))] + operands,
      loader: WeightLoader(packed: PackedWeights()),
      emit: { (operation, operands) throws(InputError) in
        emitted = operation
        return try emit(operation, operands)
      })
    let convert = try #require(ONNXConverters.converter(node))
    _ = try convert(context)
    return try #require(emitted)
  }

  @Test(
    arguments: [
      ([0, 6], nil, false), ([0, 6], "aten.relu6.default", false), ([-1, 1], "aten.hardtanh.default", false),
      ([0, 6], "aten.clamp.Tensor", true), ([0, 6], "aten.clamp.default", true),
      ([0, 6], "aten.clampy.default", false),
      ([0, nil], nil, true), ([nil, 6], nil, true), ([0, .infinity], "aten.hardtanh.default", false),
      ([-.greatestFiniteMagnitude, 6], nil, true),
    ] as [([Float?], String?, Bool)])
  func `Passes gradients at bounds as PyTorch's operator does`(
    _ bounds: [Float?], _ origin: String?, _ passes: Bool
  ) throws {
    let clip = try #require(try operation("Clip", bounds, from: origin) as? Clip)
    for bound in bounds.compactMap({ $0 }) where abs(bound) < .greatestFiniteMagnitude {
      #expect(clip.slope(bound) == (passes ? 1 : 0))
    }
    #expect(clip.slope(0.5) == 1 && clip.slope(-7) + clip.slope(7) < 2)
  }

  @Test func `Gives ties to whom PyTorch's operator does`() throws {
    #expect((try operation("Max", [1]) as? Max)?.ties == .shared)
    #expect((try operation("Max", [1], from: "aten.maximum.default") as? Max)?.ties == .shared)
    #expect((try operation("Min", [1], from: "aten.clamp_max.Tensor") as? Min)?.ties == .first)
    #expect((try operation("ReduceMax", [], from: "aten.max.dim") as? ReduceMax)?.ties == .first)
    #expect((try operation("ReduceMin", [], from: "aten.min.dim") as? ReduceMin)?.ties == .first)
    for origin in [nil, "aten.amax.default", "aten.max.default", "aten.linalg_vector_norm.default"] {
      #expect((try operation("ReduceMax", [], from: origin) as? ReduceMax)?.ties == .shared)
    }
  }
}
