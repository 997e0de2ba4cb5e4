import TestSupport
import Testing

@testable import GradCAMCore

/// Attention as one step gives what its separate steps give, to rounding.
@Suite struct AttentionFusionTests {
  /// How one attention is written.
  struct Case: CustomStringConvertible, Sendable {
    var (images, heads, tokens, width): (Int, Int, Int, Int)
    /// The mask's shape, against images × heads × tokens × tokens.
    var mask: [Int]?
    /// Whether the mask is computed, and no constant.
    var isComputed = false
    /// Images that share a mask of windows, N/w × w × heads × tokens × tokens.
    var windows: Int?
    var description: String { "\(images)×\(heads)×\(tokens)×\(width), mask \(mask ?? []), windows \(windows ?? 0)" }
  }

  static let cases = [
    Case(images: 1, heads: 1, tokens: 50, width: 5), Case(images: 2, heads: 3, tokens: 50, width: 64),
    Case(images: 1, heads: 3, tokens: 197, width: 64), Case(images: 3, heads: 1, tokens: 197, width: 5),
    Case(images: 2, heads: 3, tokens: 50, width: 5, mask: [2, 1, 1, 50]),
    Case(images: 2, heads: 3, tokens: 50, width: 70, mask: [3, 50, 50]),
    Case(images: 2, heads: 3, tokens: 19, width: 5, mask: [1, 3, 19, 19], isComputed: true),
    Case(images: 2, heads: 1, tokens: 50, width: 5, mask: [2, 1, 50, 1], isComputed: true),
    Case(images: 4, heads: 3, tokens: 49, width: 8, mask: [1, 3, 49, 49], windows: 2),
  ]

  /// N S C to queries, keys and values out of one product, attention by heads, and N S C again.
  private func network(_ c: Case) -> Graph {
    let builder = GraphBuilder(kind: "Net")
    let width = c.heads * c.width
    let qkv = builder.add(
      Linear(
        // Scores of a few units, as trained networks have them: of large ones float32 leaves less of a softmax.
        weight: Networks.values(Shape(3 * width, width), seed: 1).mapped { $0 / Float(width).squareRoot() },
        bias: Networks.values(Shape(3 * width), seed: 2)),
      builder.input, as: "qkv")
    let parted = builder.function(Reshape([c.images, c.tokens, 3, c.heads, c.width]), qkv)
    let turned = builder.function(Transpose([2, 0, 3, 1, 4]), parted)
    // Slices, as the newer exporter has them, and an entry, as the older has it.
    let parts = (0..<2).map { index in
      builder.function(
        Squeeze(axes: [0]), builder.function(Slice([Slice.Range(axis: 0, start: index, end: index + 1)]), turned))
    }
    let values = builder.function(Gather(axis: 0, indices: [2], shape: Shape([])), turned)
    let root = Tensor([1 / Float(c.width).squareRoot().squareRoot()], Shape(1))
    let scaled = { (x: Value) in builder.function(BoundOperation(Mul(), constants: [1: root], count: 2), x) }
    let keys = builder.function(Transpose([0, 1, 3, 2]), parts[1])
    var scores = builder.add(MatMul(), scaled(parts[0]), scaled(keys), as: "scores")
    if let mask = c.mask {
      let numbers = Networks.values(Shape(mask), seed: 3)
      if c.isComputed {
        let zero = builder.function(ReduceMean(reduced: ReducedAxes([0, 1, 2], keepsDimensions: true)), qkv)
        let nothing = builder.function(BoundOperation(Mul(), constants: [1: Tensor([0], Shape(1))], count: 2), zero)
        let flat = builder.function(Reshape([1, 1, 1, 1]), nothing)
        scores = builder.function(
          Add(), scores, builder.function(BoundOperation(Add(), constants: [1: numbers], count: 2), flat))
      } else {
        scores = builder.function(BoundOperation(Add(), constants: [1: numbers], count: 2), scores)
      }
    }
    if let windows = c.windows {
      var blind = Networks.values(Shape(1, windows, 1, c.tokens, c.tokens), seed: 4).logical()
      for index in blind.indices where index % 7 == 3 { blind[index] = -.infinity }
      let mask = Tensor(blind, Shape(1, windows, 1, c.tokens, c.tokens))
      scores = builder.function(Reshape([c.images / windows, windows, c.heads, c.tokens, c.tokens]), scores)
      scores = builder.function(BoundOperation(Add(), constants: [1: mask], count: 2), scores)
      scores = builder.function(Reshape([c.images, c.heads, c.tokens, c.tokens]), scores)
    }
    let shares = builder.add(Softmax(axis: -1), scores, as: "softmax")
    let mixed = builder.function(Transpose([0, 2, 1, 3]), builder.add(MatMul(), shares, values, as: "mixed"))
    return builder.graph(output: builder.add(ReLU(), builder.function(Reshape([0, 0, width]), mixed), as: "relu"))
  }

  private func input(_ c: Case) -> Tensor { Networks.values(Shape(c.images, c.tokens, c.heads * c.width), seed: 5) }

  @Test(arguments: cases) func `Agrees with the separate steps`(_ c: Case) throws {
    let graph = network(c)
    let input = input(c)
    let joined = try Session(graph).forward(input).output
    for path in ["scores", "softmax", "mixed"] {
      let session = Session(graph)
      var seen: Shape?
      _ = try session.registerForwardHook(path) { _, _, output in
        seen = output.shape
        return nil
      }
      expectClose(try session.forward(input).output, joined, tolerance: 1e-6, path)
      #expect(seen == Shape(c.images, c.heads, c.tokens, path == "mixed" ? c.width : c.tokens))
    }
  }

  @Test(arguments: cases) func `Is one step behind the product, for any number of threads`(_ c: Case) throws {
    let graph = network(c)
    let input = input(c)
    let program = try ProgramCompiler.compile(graph, source: input.shape, resumed: nil, needs: [:], engine: .auto)
    let names = program.forward.map { step in
      step.writer is FusedAttention ? "attention" : step.writer is FusedConvolution ? "product" : "other"
    }
    #expect(names.filter { $0 == "attention" }.count == 1)
    if !c.isComputed { #expect(names == ["product", "attention", "other"]) }
    let joined = try Session(graph).forward(input).output
    expectSameBytes(try Session(graph, threads: 3).forward(input).output, joined)
  }

  /// The softmax's own numbers are what the backward pass reads.
  @Test func `Keeps apart what the backward pass reads`() throws {
    let c = Self.cases[1]
    let graph = network(c)
    let session = Session(graph)
    var gradient: Tensor?
    _ = try session.registerFullBackwardHook("qkv", needsGradInputs: true) { _, _, gradOutputs in
      gradient = gradOutputs[0]
      return nil
    }
    let output = try session.forward(input(c)).output
    try session.backward(Tensor(repeating: 1, output.shape))
    #expect(gradient.map { !$0.isZero } ?? false)
    expectClose(output, try Session(graph).forward(input(c)).output, tolerance: 1e-6)
  }

  // MARK: One attention behind another

  /// What a second attention takes of a first with no product between.
  enum Chained: String, CaseIterable, Sendable {
    case queries, keys, values, both, scores
    /// The values of an attention whose shares are computed before the first attention.
    case valuesOfEarlier = "values of earlier shares"
  }

  /// Two attentions of N H S D, the second of which reads the first through movements.
  private func chain(_ chained: Chained) -> Graph {
    let builder = GraphBuilder(kind: "Net")
    let tensor = { (seed: UInt64) in
      builder.function(
        BoundOperation(Mul(), constants: [1: Networks.values(Shape(16), seed: seed)], count: 2), builder.input)
    }
    func scores(_ queries: Value, _ keys: Value) -> Value {
      builder.function(MatMul(), queries, builder.function(Transpose([0, 1, 3, 2]), keys))
    }
    func shares(_ scores: Value) -> Value { builder.function(Softmax(axis: -1), scores) }
    let (q, k, v) = (tensor(1), tensor(2), tensor(3))
    let earlier = chained == .valuesOfEarlier ? shares(scores(v, k)) : nil
    let first = builder.function(MatMul(), shares(scores(q, k)), v)
    // Heads to the width and back again.
    let merged = builder.function(Reshape([1, 16, 32]), builder.function(Transpose([0, 2, 1, 3]), first))
    let moved = builder.function(Transpose([0, 2, 1, 3]), builder.function(Reshape([1, 16, 2, 16]), merged))
    let second =
      switch chained {
      case .queries: builder.function(MatMul(), shares(scores(moved, k)), v)
      case .keys: builder.function(MatMul(), shares(scores(q, moved)), v)
      case .values: builder.function(MatMul(), shares(scores(q, k)), moved)
      case .both: builder.function(MatMul(), shares(scores(moved, moved)), moved)
      case .scores: builder.function(MatMul(), shares(first), v)
      case .valuesOfEarlier: builder.function(MatMul(), earlier ?? q, moved)
      }
    return builder.graph(output: builder.add(ReLU(), second, as: "relu"))
  }

  @Test(arguments: Chained.allCases) func `Reads another attention where it was left`(_ chained: Chained) throws {
    let graph = chain(chained)
    let input = Networks.values(Shape(1, 2, 16, 16), seed: 4)
    let program = try ProgramCompiler.compile(graph, source: input.shape, resumed: nil, needs: [:], engine: .auto)
    #expect(program.forward.contains { $0.writer is FusedAttention })
    // What a backward pass reads is not joined.
    let session = Session(graph)
    _ = session.registerSourceHook { _ in }
    expectClose(try Session(graph).forward(input).output, try session.forward(input).output, tolerance: 1e-6)
  }
}
