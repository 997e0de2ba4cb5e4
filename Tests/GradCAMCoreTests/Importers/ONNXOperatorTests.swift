import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What converters find out before anything is computed: indices, equations, and what they leave out.
@Suite struct ONNXOperatorTests {
  struct Refusal: Sendable, CustomTestStringConvertible {
    let name: String
    let attributes: [String: ONNXAttribute]
    let operands: [ONNXSample.Operand]
    let problem: String
    var testDescription: String { "\(name): \(problem)" }

    init(
      _ name: String, _ attributes: [String: ONNXAttribute], _ operands: [ONNXSample.Operand], _ problem: String
    ) {
      (self.name, self.attributes, self.operands, self.problem) = (name, attributes, operands, problem)
    }

    init(_ name: String, _ operands: [ONNXSample.Operand], _ problem: String) {
      self.init(name, [:], operands, problem)
    }
  }

  static let map = ONNXSample.Operand.value([2, 4, 6, 6])
  static let flat = ONNXSample.Operand.value([2, 4, 6])
  static let outside = "has an index into [2, 4, 6, 6] that lies outside of it"
  static let refusals = [
    Refusal("GatherND", [map, .floats([0, 4], [1, 2])], outside),
    Refusal("GatherND", [map, .floats([-3], [1, 1])], outside),
    Refusal("GatherElements", ["axis": .int(1)], [map, .floats([4], [1, 1, 1, 1])], outside),
    Refusal("ScatterND", [map, .floats([1, 1, 6], [1, 3]), .value([1, 6])], outside),
    Refusal("ScatterElements", [map, .floats([.nan], [1, 1, 1, 1]), .value([1, 1, 1, 1])], outside),
    Refusal("TopK", [map, .ints([7])], "takes 7 of the 6 along axis 3 of [2, 4, 6, 6]"),
    Refusal("TopK", [map, .ints([1, 2])], "takes 2 numbers of elements, not one"),
    Refusal("CumSum", [map, .ints([.min])], "runs along axis"),
    Refusal("Trilu", [.value([4])], "takes the triangle of [4]"),
    Refusal("Einsum", ["equation": .string("ij->ij")], [map], "has an equation ij->ij for an input of 4 axes"),
    Refusal("Einsum", ["equation": .string("nchw,w->nch")], [map], "cannot be read for 1 input(s)"),
    Refusal("Einsum", ["equation": .string("nchw->nchx")], [map], "cannot be read"),
    Refusal("Einsum", ["equation": .string("nchw->nnch")], [map], "cannot be read"),
    Refusal("Einsum", ["equation": .string("nchw-nchw")], [map], "cannot be read"),
    Refusal("Einsum", ["equation": .string("nchw->n->c")], [map], "cannot be read"),
    Refusal("Einsum", ["equation": .string("..nchw->n")], [map], "cannot be read"),
    Refusal("Einsum", ["equation": .string("nch1->n")], [map], "cannot be read"),
    Refusal("Einsum", ["equation": .string("nnhw->hw")], [map], "has one index for axes of 2 and 4"),
    Refusal("Einsum", ["equation": .string("nchw,wk->nchk")], [map, .value([5, 2])], "multiplies"),
    Refusal("Attention", [map, map, map, .missing, map, map], "has past_key, which is not computed"),
    Refusal("Attention", [map, map, map, .missing, .missing, .missing, .ints([6, 6])], "has nonpad_kv_seqlen"),
    Refusal("Attention", [map, map, map, map], "depends on the image, where only a constant is read"),
    Refusal("Attention", [map, .value([2, 3, 6, 6]), .value([2, 3, 6, 6])], "has 4 heads of queries for 3 of keys"),
    Refusal("Attention", [flat, flat, flat], "parts 6 features into 0 heads"),
    Refusal("Attention", ["scale": .float(-1)], [map, map, map], "has a scale that is no positive number"),
    Refusal("Attention", [map, map, map, .floats([0, 0, 0, 0, 0, 0, 0], [7])], "has a mask of [7] for 6 keys"),
    Refusal(
      "RotaryEmbedding", ["rotary_embedding_dim": .int(3)], [map, .floats([1], [1, 1, 1])], "which is not computed"),
    Refusal("SwiGLU", [map, .value([2, 4, 6, 1])], "gates [2, 4, 6, 1] by [2, 4, 6, 6]"),
    Refusal("DynamicQuantizeLinear", [.value([2, 0])], "has nothing to choose a scale by"),
    Refusal("QuantizeLinear", [map, .floats([1, 2], [2])], "has scales or zero points of [2] for axis 1"),
    Refusal("QuantizeLinear", [map, .floats([1], []), .ints([0])], "has a zero point of a type that is not read"),
    Refusal(
      "QuantizeLinear", ["block_size": .int(4)], [map, .floats([1, 2], [2])], "for [2, 4, 6, 6] in blocks of 4"),
    Refusal("AffineGrid", [map, .ints([2, 3, 4, 5])], "moves places along 4 axes by [2, 4, 6, 6]"),
  ]

  @Test(arguments: refusals) func `Refuses what cannot be computed`(_ refusal: Refusal) throws {
    var sample = ONNXSample(refusal.name, opset: 25, has: Set(refusal.attributes.keys))
    sample.node.attributes = refusal.attributes
    sample.operands = refusal.operands
    let error = #expect(throws: InputError.self) { try sample.results() }
    #expect("\(try #require(error))".contains(refusal.problem), "\(String(describing: error))")
  }

  @Test func `Takes indices of rows and columns apart`() throws {
    // Windows of two rows, by single columns.
    let rows: [[Float]] = [[0, 1], [2, 3]]
    let numbers = rows.flatMap { row in row.flatMap { row in [0, 2, 4].flatMap { [row, $0 as Float] } } }
    let grid = try #require(GridIndices(ONNXConstant(Tensor(numbers, Shape(2, 2, 3, 2)), isInteger: true)))
    #expect(grid.gathers.map(\.axis) == [0, 2])
    #expect(grid.gathers.map(\.indices) == [[0, 1, 2, 3], [0, 2, 4]])
    #expect(grid.gathers.map(\.shape) == [Shape(2, 2), Shape(3)])
    // An axis that always has one place, and places on a diagonal.
    let fixed = ONNXConstant(Tensor([5, 0, 5, 3], Shape(2, 2)), isInteger: true)
    #expect(GridIndices(fixed)?.gathers.map(\.shape) == [Shape(), Shape(2)])
    #expect(GridIndices(ONNXConstant(Tensor([0, 0, 1, 1], Shape(2, 2)), isInteger: true)) == nil)
  }

  @Test func `Gives NaN for indices that the image makes and that lie outside`() {
    let context = ExecutionContext(threads: 1)
    let (data, indices) = (Tensor([1, 2, 3], Shape(3)), Tensor([2, 3, -4], Shape(3, 1)))
    let found = GatherND().forward([data, indices], context).logical()
    #expect(found[0] == 3 && found[1].isNaN && found[2].isNaN)
    #expect(GatherND().gradients([data, indices], data, context)[0]?.logical() == [0, 0, 1])
    let put = ScatterND().forward([data, indices, data], context).logical()
    #expect(put.allSatisfy { $0.isNaN })
  }

  /// As the older exporter writes `AdaptiveAvgPool1d` and `AdaptiveMaxPool1d` of tokens.
  @Test(arguments: [("Identity c -> f", "Identity t -> f"), ("GlobalMaxPool c -> f", "GlobalMaxPool t -> f")])
  func `Tokens are pooled over all their places`(_ map: String, _ tokens: String) throws {
    var network = SmallNetwork("Reshape c,flat -> t; \(tokens)")
    network.weights = [SmallNetwork.integers("flat", [3], [1, 8, 16])]
    let (found, expected) = (try network.scores(), try SmallNetwork(map).scores())
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-6 }, "\(found), \(expected)")
  }
}
