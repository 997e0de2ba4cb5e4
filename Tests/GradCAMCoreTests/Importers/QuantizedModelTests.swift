import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// A small CNN that onnxruntime's tools have quantised, against what onnxruntime makes of it without its optimisations, which compute
/// in integers (`Scripts/make_fixtures operations`).
@Suite struct QuantizedModelTests {
  static let kinds = ["channels", "signed", "wide"]

  private static func load(_ kind: String) throws -> Model {
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    return try Model.load(Fixture.folder.appending(FilePath("operations/quantised-\(kind).onnx")), overrides)
  }

  @Test(arguments: kinds) func `Gives onnxruntime's scores`(_ kind: String) throws {
    let (model, fixture) = (try Self.load(kind), try Fixture("operations/quantised"))
    let (input, expected) = (try fixture.tensor("input"), try fixture.tensor("\(kind).output"))
    let found = try Session(model.graph).forward(input).output
    // A value half-way between two steps may be rounded to either: one step of the shares at most.
    let step: Float = kind == "wide" ? 2e-4 : 1 / 255
    for (found, expected) in zip(found.logical(), expected.logical()) { #expect(abs(found - expected) <= step * 1.01) }
    let same = zip(found.logical(), expected.logical()).count { abs($0 - $1) < 1e-6 }
    #expect(kind == "wide" || same * 10 >= found.count * 9)
  }

  @Test func `Says that gradients pass straight through`() throws {
    let model = try Self.load("channels")
    #expect(model.isQuantized && model.notes.contains { "\($0)".contains("quantised") })
    #expect(model.activation.kind == .softmax && model.activation.source == .graph)
    let shape = try model.graph.shapes(for: model.inputShape)
    let layer = try #require(model.graph.lastCall(model.defaultLayer))
    #expect(shape[layer.output] == Shape(1, 12, 5, 4))
  }

  @Test func `Scores are taken before the last quantisation, whose range may leave the best class out`() throws {
    let (model, fixture) = (try Self.load("clipped"), try Fixture("operations/quantised"))
    let (session, input) = (Session(model.graph), try fixture.tensor("input").images(0..<1))
    let outputs = try session.forward(input)
    let (scores, logits) = (outputs.output.logical(), try #require(outputs.logits).logical())
    #expect(zip(scores, try fixture.tensor("clipped.output").logical()).allSatisfy { abs($0 - $1) < 2e-6 })
    // Four classes have the largest number that there is; before, one is the best.
    let top = try #require(scores.max())
    #expect(scores.count { $0 == top } == 4 && logits.count { $0 == logits.max() } == 1)
    var gradients: [Session.ScorePoint: Tensor] = [:]
    for point in Session.ScorePoint.allCases {
      let handle = session.registerSourceHook { gradient in gradients[point] = gradient }
      _ = try session.forward(input)
      try session.backward(Tensor([0, 1, 0, 0, 0], Shape(1, 5)), at: point)
      handle.remove()
    }
    #expect(gradients[.output]?.logical().allSatisfy { $0 == 0 } == true)
    #expect(gradients[.logit]?.logical().contains { $0 != 0 } == true)
  }

  @Test func `Sees through quantisation and movements, and through nothing else`() throws {
    // Whatever is above 0 has the largest number.
    let pair = "QuantizeLinear z,low -> q;DequantizeLinear q,low ->"
    let plain = try EndingModel(tail: "Identity z -> y").load()
    let expected = try Session(plain.graph).forward(EndingModel.image).output.logical()
    for tail in ["\(pair) y", "\(pair) d;Reshape d,rows -> y", "\(pair) d;Softmax d -> y", "\(pair) d;Sigmoid d -> y"] {
      let graph = try EndingModel(tail: tail).load().graph
      #expect(try Session(graph).forward(EndingModel.image).logits?.logical() == expected, "\(tail)")
    }
    for tail in ["\(pair) d;Clip d,zero,one -> y", "Relu z -> y", "\(pair) d;Add d,half -> y"] {
      let graph = try EndingModel(tail: tail).load().graph
      #expect(graph.logits == graph.output, "\(tail)")
    }
  }

  /// The gradient of `dy` behind a quantisation to whole numbers from −2 to 1, and its values.
  private func passed(_ x: [Float], scale: Float, zero: Float) -> (values: [Float], gradient: [Float]) {
    let quantize = QuantizeLinear(type: QuantizedRange(bits: 2, isSigned: true))
    let inputs = [Tensor(x, Shape(x.count)), Tensor([scale], Shape()), Tensor([zero], Shape())]
    let context = ExecutionContext(threads: 1)
    let gradients = quantize.gradients(inputs, Tensor(repeating: 3, Shape(x.count)), context)
    #expect(gradients[1]?.logical() == [0] && gradients[2]?.logical() == [0])
    return (quantize.forward(inputs, context).logical(), gradients[0]?.logical() ?? [])
  }

  @Test func `Rounds half to even and stops gradients where the range ends`() {
    let found = passed([0.25, 0.75, -0.25, -1.3, 0.6, 9, .nan], scale: 0.5, zero: 0)
    #expect(found.values.dropLast() == [0, 1, 0, -2, 1, 1] && found.values[6].isNaN)
    #expect(found.gradient.dropLast() == [6, 0, 6, 0, 6, 0])
  }

  @Test func `Chooses a scale for one image at a time`() throws {
    let choice = DynamicQuantization(gives: .scale, first: 1)
    #expect(throws: InputError.self) { try choice.outputShape(of: [Shape(2, 3)]) }
    #expect(try choice.outputShape(of: [Shape(1, 3)]) == Shape())
    #expect(choice.forward([Tensor([-1, 0, 4], Shape(1, 3))], ExecutionContext(threads: 1)).logical() == [5 / 255])
    let flat = choice.forward([Tensor([0, 0, 0], Shape(1, 3))], ExecutionContext(threads: 1)).logical()
    #expect(flat == [1 / 255])
  }
}
