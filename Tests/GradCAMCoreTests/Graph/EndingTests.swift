import Glibc
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What is known of a network's scores from its last operations.
@Suite struct EndingTests {
  private static func models(_ tails: String, classes: Int = 5) -> [EndingModel] {
    tails.split(separator: "\n").map { EndingModel(tail: String($0), classes: classes) }
  }

  static let softmaxes =
    models(
      """
      Softmax z -> y
      Softmax z -> p;Reshape p,rows -> y
      Reshape z,image -> i;Softmax i -> p axis=1;Flatten p -> y
      Reshape z,image -> i;Softmax i -> p axis=1;Squeeze p,last -> q;Squeeze q,last -> y
      Reshape z,image -> i;Transpose i -> t perm=[0,2,3,1];Softmax t -> p axis=3;Reshape p,rows -> y
      Reshape z,image -> i;Softmax i -> p axis=1;Transpose p -> y perm=[0,2,3,1]
      Softmax z -> p;Unsqueeze p,last -> q;Squeeze q,last -> y
      Softmax z -> p;Cast p -> q to=11;Cast q -> y to=1
      Softmax z -> p;Clip p,low,high -> y
      Softmax z -> p;Clip p,zero,one -> q;Identity q -> r;Dropout r -> y
      Softmax z -> p;Max p,low -> q;Min q,high -> y
      Softmax z -> p;Relu p -> y
      Softmax z -> p;Slice p,first,all,second -> y
      Softmax z -> p;Concat p -> y axis=1
      Softmax z -> p;Split p -> y axis=1
      Softmax z -> p;Expand p,rows -> y
      Softmax z -> p;Squeeze p,first -> y
      Softmax z -> p;Gather p,first -> y axis=0
      Exp z -> e;ReduceSum e,second -> s;Div e,s -> y
      Exp z -> e;ReduceL1 e -> s axes=[1];Div e,s -> y
      Exp z -> e;Exp z -> f;ReduceSum f,second -> s;Div e,s -> y
      Exp z -> e;ReduceSum e,last -> s keepdims=0;Unsqueeze s,second -> u;Div e,u -> y
      Exp z -> e;ReduceSum e,second -> s;Reciprocal s -> r;Mul r,e -> y
      ReduceMax z -> m axes=[1];Sub z,m -> d;Exp d -> e;ReduceSum e,second -> s;Div e,s -> p;Reshape p,rows -> y
      ReduceMax z -> m axes=[1];Sub z,m -> d;Exp d -> e;Sub z,m -> g;Exp g -> f;ReduceSum f,second -> s;Div e,s -> y
      Exp z -> e;ReduceSum e,second -> s;Expand s,rows -> r;Div e,r -> y
      LogSoftmax z -> l;Exp l -> y
      ReduceLogSumExp z -> l axes=[1];Sub z,l -> d;Exp d -> y
      Exp z -> e;ReduceSum e,second -> s;Log s -> l;Sub z,l -> d;Exp d -> y
      """)

  static let sigmoids =
    models(
      """
      Sigmoid z -> y
      Sigmoid z -> p;Reshape p,rows -> y
      Sigmoid z -> p;Clip p,low,high -> y
      Sigmoid z -> p;Log p -> l;Exp l -> y
      Neg z -> n;Exp n -> e;Add e,one -> d;Div one,d -> y
      Mul z,minus -> n;Exp n -> e;Add one,e -> d;Reciprocal d -> y
      Sub zero,z -> n;Exp n -> e;Add one,e -> d;Pow d,minus -> y
      Div z,minus -> n;Exp n -> e;Add one,e -> d;Div one,d -> p;Reshape p,rows -> y
      Exp z -> e;Add e,one -> d;Div e,d -> y
      Exp z -> e;Exp z -> f;Add one,f -> d;Div e,d -> y
      Mul z,half -> h;Tanh h -> t;Mul t,half -> u;Add u,half -> y
      Div z,two -> h;Tanh h -> t;Add one,t -> u;Mul half,u -> y
      Div z,two -> h;Tanh h -> t;Add t,one -> u;Div u,two -> y
      """)

  static let single =
    models(
      """
      Sigmoid z -> p;Reshape p,last -> y
      Sigmoid z -> p;Squeeze p,second -> y
      Squeeze z,second -> s;Sigmoid s -> y
      Sigmoid z -> p;Squeeze p -> y
      Sigmoid z -> p;Gather p,first -> q axis=1;Squeeze q,second -> y
      Neg z -> n;Exp n -> e;Add e,one -> d;Div one,d -> p;Squeeze p,second -> y
      """, classes: 1)

  /// The scores themselves, of a network with as many classes.
  private func scores(_ classes: Int) throws -> [Float] {
    let model = try EndingModel(tail: "Identity z -> y", classes: classes).load()
    return try Session(model.graph).forward(EndingModel.image).output.logical()
  }

  private func expect(_ model: EndingModel, _ kind: FinalActivation, _ shares: (Float, Double) -> Double) throws {
    let loaded = try model.load()
    let outputs = try Session(loaded.graph).forward(EndingModel.image)
    let scores = try scores(model.classes)
    let total = scores.reduce(0) { $0 + exp(Double($1)) }
    let wanted = scores.map { Float(shares($0, total)) }
    #expect(loaded.graph.ending.activation == kind && loaded.graph.ending.output == .shares)
    #expect(loaded.activation == ScoreActivation(kind: kind, source: .graph) && loaded.activationAssumption == nil)
    expectClose(try #require(outputs.logits).logical(), scores)
    let prediction = Prediction(outputs, of: loaded)
    let found = prediction.outputCount == 1 ? [prediction.classes[1]] : prediction.classes
    expectClose(found.compactMap(\.probability), wanted)
    #expect(found.map(\.logit) == outputs.logits?.logical())
  }

  @Test(arguments: softmaxes) func `A softmax is seen through what stands behind it, and written out`(
    _ model: EndingModel
  ) throws {
    try expect(model, .softmax) { exp(Double($0)) / $1 }
  }

  @Test(arguments: sigmoids + single)
  func `A sigmoid is seen through what stands behind it, and written out`(_ model: EndingModel) throws {
    try expect(model, .sigmoid) { score, _ in 1 / (1 + exp(-Double(score))) }
  }

  /// The output, and the same without an axis: [1, 1] and [1], [1, 5] and [5].
  static let axes = [
    ("Sigmoid z -> y", "Sigmoid z -> p;Squeeze p,second -> y", 1),
    ("Sigmoid z -> y", "Sigmoid z -> p;Squeeze p -> y", 1),
    ("Softmax z -> y", "Softmax z -> p;Squeeze p,first -> y", 5),
    ("Softmax z -> y", "Softmax z -> p;Gather p,zeroth -> y axis=0", 5),
  ]

  @Test(arguments: axes) func `Outputs of one axis are explained as those of two`(
    _ plain: String, _ squeezed: String, _ classes: Int
  ) throws {
    let methods = ["gradcam", "scorecam", "ablationcam", "rise", "integratedgradients", "smoothgrad"]
    let maps = try [plain, squeezed].map { tail in
      let model = try EndingModel(tail: tail, classes: classes).load()
      return try MethodModel(model, input: EndingModel.image, target: 1).explain(methods) { options in
        options.settings.samples = 5
        options.score = .output
      }
    }
    for (one, other) in zip(maps[0], maps[1]) {
      #expect(one.score == other.score && one.verdict == other.verdict)
      expectClose(other.raw.values, one.raw.values, tolerance: 1e-5, one.method.name)
    }
  }

  @Test(arguments: ["Transpose z -> y perm=[1,0]", "Identity map -> y"])
  func `Outputs that are no list are refused`(_ tail: String) throws {
    let error = try inputError { _ = try EndingModel(tail: tail).load() }
    #expect("\(error)".contains("does not end in a list of classes"))
  }

  /// What is like a final activation and is none of the scores.
  static let others = models(
    """
    HardSigmoid z -> y
    Softmax z -> p;Transpose p -> t perm=[1,0];Softmax t -> q axis=1;Reshape q,rows -> y
    Softmax z -> p;Slice p,last,end,second,last -> y
    Softmax z -> p;Softmax p -> q;Add p,q -> s;Mul s,half -> y
    Softmax z -> p;Mul p,share -> s;Add s,rest -> y
    Sigmoid z -> p;Sub one,p -> y
    Sigmoid z -> p;Greater p,half -> y
    Tanh z -> t;Add t,one -> u;Mul u,half -> y
    Neg z -> n;Exp n -> e;Add e,one -> d;Div one,d -> s;Sub one,s -> y
    Exp z -> e;Add e,one -> d;Reciprocal d -> y
    Sigmoid z -> s;Round s -> y
    """)

  @Test(arguments: others) func `What lies between 0 and 1 is shown as it is`(_ model: EndingModel) throws {
    let loaded = try model.load()
    let outputs = try Session(loaded.graph).forward(EndingModel.image)
    #expect(loaded.activation == ScoreActivation(kind: .none, source: .graph))
    let prediction = Prediction(outputs, of: loaded)
    #expect(prediction.classes.map(\.probability) == outputs.output.logical().map { $0 })
    #expect(prediction.classes.map(\.logit) == outputs.output.logical())
  }

  @Test(arguments: ["LogSoftmax z -> y", "Softmax z -> p;Log p -> y", "ReduceLogSumExp z -> l axes=[1];Sub z,l -> y"])
  func `Logarithms of shares are explained themselves`(_ tail: String) throws {
    let loaded = try EndingModel(tail: tail).load()
    let outputs = try Session(loaded.graph).forward(EndingModel.image)
    #expect(loaded.activation == ScoreActivation(kind: .softmax, source: .graph))
    #expect(outputs.logits?.logical() == outputs.output.logical())
    let shares = Prediction(outputs, of: loaded).classes.compactMap(\.probability)
    #expect(
      shares.count == 5 && abs(shares.reduce(0, +) - 1) < 1e-5
        && abs(log(shares[2]) - outputs.output.logical()[2]) < 1e-5)
  }

  @Test(arguments: [
    // A sum of shares that no operation bounds.
    "Softplus z -> e;ReduceSum e,second -> s;Div e,s -> y",
    "Relu z -> r;Add r,rest -> e;ReduceSum e,second -> s;Div e,s -> y",
  ]) func `A distribution is never put through a softmax`(_ tail: String) throws {
    let loaded = try EndingModel(tail: tail).load()
    let outputs = try Session(loaded.graph).forward(EndingModel.image)
    #expect(loaded.graph.ending.output == .unknown && loaded.activation.source == .assumed)
    let prediction = Prediction(outputs, of: loaded)
    #expect(prediction.activation == ScoreActivation(kind: .none, source: .output))
    #expect(prediction.classes.map(\.probability) == outputs.output.logical().map { $0 })
  }

  @Test func `What somebody says counts, but for a second softmax`() throws {
    let distribution = EndingModel(tail: "Softplus z -> e;ReduceSum e,second -> s;Div e,s -> y")
    func activation(_ choice: ActivationChoice) throws -> ScoreActivation {
      let model = try distribution.load { $0.activation = choice }
      return Prediction(try Session(model.graph).forward(EndingModel.image), of: model).activation
    }
    #expect(try activation(.sigmoid) == ScoreActivation(kind: .sigmoid, source: .option))
    #expect(try activation(.softmax) == ScoreActivation(kind: .none, source: .output))
  }

  @Test func `What weights give are scores, whatever they add up to`() throws {
    let plain = try EndingModel(tail: "Identity z -> y").load()
    #expect(plain.graph.ending.output == .scores)
    #expect(plain.shares(of: [0.25, 0.25, 0.5]).activation == ScoreActivation(kind: .softmax, source: .assumed))
    #expect("\(try #require(plain.activationAssumption))".contains("assumed a softmax (activation sigmoid"))
    #expect(try EndingModel(tail: "Relu z -> y").load().graph.ending.output == .scores)
    #expect(try EndingModel(tail: "Exp z -> y").load().graph.ending.output == .unknown)
  }

  @Test func `Another output of the file tells what its scores are`() throws {
    for (tail, kind) in [
      ("Identity z -> y;Softmax z -> p", FinalActivation.softmax),
      ("Identity z -> y;Sigmoid z -> q;Reshape q,rows -> p", .sigmoid),
    ] {
      let model = try EndingModel(tail: tail, outputs: ["y", "p"]).load()
      #expect(model.activation == ScoreActivation(kind: kind, source: .file))
    }
    let apart = try EndingModel(tail: "Identity z -> y;Neg z -> n;Softmax n -> p", outputs: ["y", "p"])
      .load { $0.outputName = "y" }
    #expect(apart.activation.source == .assumed)
  }

  static let exported = ["clamped", "viewed", "written", "normalized", "squeezed", "labels"].flatMap {
    ["\($0)-old", "\($0)-current"]
  }

  /// By `Scripts/make_fixtures endings`.
  @Test(arguments: exported) func `Agrees with PyTorch whatever exporter wrote the ending`(_ name: String) throws {
    let expected = try Fixture("endings/\(name.prefix { $0 != "-" })")
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    let model = try Model.load(Fixture.folder.appending(FilePath("endings/\(name).onnx")), overrides)
    let (input, output) = (try expected.tensor("input"), try expected.tensor("output").logical())
    let prediction = try Explainer(model).predict(prepared(input))
    #expect(model.activation.source == .graph)
    expectClose(prediction.probabilities, output, tolerance: 1e-5, "shares of \(name)")
    expectClose(prediction.logits, try expected.tensor("scores").logical(), tolerance: 1e-5, "scores of \(name)")
    let map = try MethodModel(model, input: input, target: prediction.outputCount == 1 ? 1 : 0).explain(["gradcam"])[0]
    let kept = try #require(map.evidence.gradients)
    expectClose(kept, try expected.tensor("gradients"), "gradients of \(name)")
  }

  private func prepared(_ input: Tensor) -> PreprocessedImage {
    let crop = Image(width: input.shape.w, height: input.shape.h, filledWith: [0, 0, 0])
    return PreprocessedImage(crop: crop, tensor: input, geometry: .whole(of: crop))
  }
}

extension Prediction {
  /// By output: of one, the positive class's alone.
  private var outputs: [Entry] { outputCount == 1 ? [classes[1]] : classes }
  fileprivate var probabilities: [Float] { outputs.compactMap(\.probability) }
  fileprivate var logits: [Float] { outputs.map(\.logit) }
}
