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
}
