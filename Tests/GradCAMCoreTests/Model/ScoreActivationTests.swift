import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What makes probabilities of a model's scores, and who says so.
@Suite struct ScoreActivationTests {
  private let plain = EndingModel(tail: "Identity z -> y")
  private let softmax = EndingModel(tail: "Softmax z -> p;Reshape p,rows -> y")
  private let one = EndingModel(tail: "Identity z -> y", classes: 1)

  private func predict(_ model: Model) throws -> Prediction {
    Prediction(try Session(model.graph).forward(EndingModel.image), of: model)
  }

  @Test func `A sigmoid by option gives every class its own probability`() throws {
    let model = try plain.load { $0.activation = .sigmoid }
    let prediction = try predict(model)
    #expect(prediction.activation == ScoreActivation(kind: .sigmoid, source: .option))
    for entry in prediction.classes { #expect(entry.probability == Sigmoid.value(entry.logit)) }
    #expect(model.activationAssumption == nil)
  }

  @Test func `Without an activation there are no probabilities`() throws {
    let prediction = try predict(try plain.load { $0.activation = .none })
    #expect(prediction.classes.allSatisfy { $0.probability == nil })
    #expect(prediction.ranking.map(\.logit) == prediction.classes.map(\.logit).sorted(by: >))
    #expect(try predict(try one.load { $0.activation = .none }).classes.map(\.probability) == [nil, nil])
  }

  @Test func `Several outputs are assumed to share one whole, and one to be a sigmoid's score`() throws {
    let several = try plain.load()
    #expect(several.activation == ScoreActivation(kind: .softmax, source: .assumed))
    #expect(abs(try predict(several).classes.reduce(0) { $0 + ($1.probability ?? 9) } - 1) < 1e-5)
    let single = try one.load()
    #expect(single.activation == ScoreActivation(kind: .sigmoid, source: .assumed))
    #expect("\(try #require(single.activationAssumption))".contains("sigmoid"))
    let classes = try predict(single).classes
    #expect(classes[1].probability == Sigmoid.value(classes[1].logit) && classes[0].logit == -classes[1].logit)
  }

  private func problem(_ model: EndingModel, _ choice: ActivationChoice) throws -> String {
    "\(try inputError { _ = try model.load { $0.activation = choice } })"
  }

  @Test func `Contradictions are refused by name`() throws {
    for choice in [ActivationChoice.sigmoid, .none] {
      #expect(
        try problem(softmax, choice)
          == "activation: \(choice.rawValue) contradicts the model, which applies a softmax itself (leave it out)")
    }
    #expect(
      try problem(EndingModel(tail: "HardSigmoid z -> y"), .sigmoid)
        == "activation: sigmoid cannot be: what leaves the network are shares from 0 to 1 already (leave it out)")
    #expect(
      try problem(one, .softmax)
        == "activation: softmax is for several classes, and the model has one output (sigmoid or none)")
    #expect(
      try problem(softmax, .softmax)
        == "activation: softmax would be a second one: the model applies it itself (leave it out)")
    // Shares need no activation, and may be said to.
    #expect(try EndingModel(tail: "HardSigmoid z -> y").load { $0.activation = .none }.activation.source == .graph)
  }

  @Test func `A model file keeps what was said and what was assumed`() throws {
    let path = FilePath("/tmp/activation-\(UInt64.random(in: 0 ... .max)).bin")
    defer { _ = path.withCString { unlink($0) } }
    func kept(_ model: EndingModel, _ choice: ActivationChoice) throws -> ScoreActivation {
      try model.load { $0.activation = choice }.write(to: path)
      return try Model.load(path).activation
    }
    #expect(try kept(plain, .sigmoid) == ScoreActivation(kind: .sigmoid, source: .file))
    #expect(try kept(plain, .none) == ScoreActivation(kind: .none, source: .file))
    #expect(try kept(plain, .auto) == ScoreActivation(kind: .softmax, source: .assumed))
    #expect(try kept(softmax, .auto) == ScoreActivation(kind: .softmax, source: .graph))
    // What is typed wins over what the file says.
    try plain.load { $0.activation = .sigmoid }.write(to: path)
    var overrides = Model.Overrides()
    overrides.activation = .softmax
    #expect(try Model.load(path, overrides).activation == ScoreActivation(kind: .softmax, source: .option))
  }

  @Test func `A file that contradicts its graph is refused`() throws {
    let ending = try softmax.load().graph.ending
    let recorded = ScoreActivation(kind: .sigmoid, source: .file)
    let error = try inputError {
      _ = try ScoreActivation.resolve(.auto, recorded: recorded, beside: nil, ending, outputCount: 5)
    }
    #expect(
      "\(error)" == "has a wrong gradcam.activation: sigmoid contradicts the model, which applies a softmax itself")
  }
}
