import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What methods of attention say of transformers that are broken, or built otherwise, on purpose.
@Suite struct AttentionVerdictTests {
  /// Patches of 4 × 4 as tokens, one block with one head, and a linear head behind the tokens' mean.
  struct SmallTransformer {
    var head = Networks.values(Shape(3, 6), seed: 5).logical()
    var patches = Networks.values(Shape(6, 3, 4, 4), seed: 1).logical()
    /// Whether features attend to features, as in a cross-covariance.
    var isOfFeatures = false
    /// Whether the block has a shortcut.
    var hasShortcut = true
    /// Whether a query that is no token gathers the tokens in the place of the mean.
    var hasPool = false

    func network() throws -> MethodModel {
      let builder = GraphBuilder(kind: "Small")
      func linear(_ x: Value, _ seed: UInt64) -> Value {
        builder.function(Linear(weight: Networks.values(Shape(6, 6), seed: seed), bias: nil), x)
      }
      func turned(_ x: Value) -> Value { builder.function(Transpose([0, 2, 1]), x) }
      let conv = Conv2d(weight: Tensor(patches, Shape(6, 3, 4, 4)), bias: nil, stride: (4, 4))
      let x = turned(builder.function(Flatten(start: 2), builder.add(conv, builder.input, as: "patches")))
      let (queries, keys, values) = (linear(x, 2), linear(x, 3), linear(x, 4))
      var y: Value
      if isOfFeatures {
        let shares = builder.add(Softmax(axis: -1), builder.function(MatMul(), turned(queries), keys), as: "shares")
        y = turned(builder.function(MatMul(), shares, turned(values)))
      } else {
        let shares = builder.add(Softmax(axis: -1), builder.function(MatMul(), queries, turned(keys)), as: "shares")
        y = builder.function(MatMul(), shares, values)
      }
      if hasShortcut { y = builder.function(Add(), x, y) }
      if hasPool {
        let query = Networks.values(Shape(1, 1, 6), seed: 8)
        let scores = builder.function(BoundOperation(MatMul(), constants: [0: query], count: 2), turned(linear(y, 9)))
        y = builder.function(MatMul(), builder.add(Softmax(axis: -1), scores, as: "pool"), y)
      }
      y = builder.function(ReduceMean(reduced: ReducedAxes([1], keepsDimensions: false)), y)
      y = builder.add(Linear(weight: Tensor(head, Shape(3, 6)), bias: nil), y, as: "head")
      let like = try MethodModel("cifar").model
      let model = Model(
        graph: builder.graph(output: y), format: "", architecture: like.architecture, input: like.input,
        preprocessing: like.preprocessing, labels: [], defaultLayer: "patches", defaultLayerReason: "", assumptions: [],
        activation: ScoreActivation(kind: .softmax, source: .graph), warnings: [], tensors: [], records: nil)
      return MethodModel(model, input: Networks.values(Shape(1, 3, 20, 28), seed: 6), target: 0)
    }
  }

  private static let all = ["attention", "rollout", "gradrollout", "chefer", "legrad"]

  private func expect(_ model: SmallTransformer, _ expected: (String) -> Verdict) throws {
    for name in Self.all {
      let map = try model.network().explain([name])[0]
      #expect((map.raw.height, map.raw.width) == (5, 7), "\(name)")
      #expect(map.verdict == expected(name), "\(name): \(map.verdict)")
      #expect(map.heatmap.values.allSatisfy { $0.isFinite }, "\(name)")
    }
  }

  @Test func `A network with nothing wrong`() throws { try expect(SmallTransformer()) { _ in .ok } }

  @Test func `A score that depends on nothing`() throws {
    var model = SmallTransformer()
    model.head = model.head.map { _ in 0 }
    try expect(model) { ["attention", "rollout"].contains($0) ? .ok : .zeroGradient }
  }

  @Test(arguments: [Float.nan, .infinity]) func `Tokens that are not finite`(_ value: Float) throws {
    var model = SmallTransformer()
    (model.patches[0], model.patches[48]) = (value, -value)
    try expect(model) { _ in .notFinite }
  }

  @Test func `A class whose weights are not finite`() throws {
    var model = SmallTransformer()
    model.head[0] = .nan
    try expect(model) { ["attention", "rollout"].contains($0) ? .ok : .notFinite }
  }

  /// Every place is the same, and nothing tells them apart.
  @Test func `Tokens that are all the same`() throws {
    var model = SmallTransformer()
    model.patches = model.patches.map { _ in 0 }
    let maps = try model.network().explain(["attention", "rollout"])
    #expect(maps.allSatisfy { $0.verdict == .constant })
  }

  @Test func `Features that attend to features are no attention to places`() throws {
    var model = SmallTransformer()
    model.isOfFeatures = true
    for name in Self.all {
      let error = #expect(throws: InputError.self) { try model.network().explain([name]) }
      #expect("\(try #require(error))".contains("the model has none among places"), "\(name)")
    }
  }

  @Test func `Without a shortcut there is no block to score`() throws {
    var model = SmallTransformer()
    model.hasShortcut = false
    let error = #expect(throws: InputError.self) { try model.network().explain(["legrad"]) }
    #expect("\(try #require(error))".contains("no sum behind each attention"))
    #expect(try model.network().explain(["chefer"])[0].verdict == .ok)
  }

  /// What pools is the last attention: it can be shown, and the others are not followed through it.
  @Test func `An attention that pools`() throws {
    var model = SmallTransformer()
    model.hasPool = true
    let map = try model.network().explain(["attention"])[0]
    #expect(map.verdict == .ok && abs(map.raw.values.reduce(0, +) - 1) < 1e-5)
    for name in Self.all.dropFirst() {
      let error = #expect(throws: InputError.self) { try model.network().explain([name]) }
      let text = "\(try #require(error))"
      #expect(
        text.contains("pool sees others or a part")
          && text.hasSuffix("(attention, which shows the last one, or gradcam)"))
    }
  }
}
