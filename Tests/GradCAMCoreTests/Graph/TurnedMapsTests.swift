import TestSupport
import Testing

@testable import GradCAMCore

/// Maps whose channels are brought last and back are never copied, and products of rows take in what stands behind them.
@Suite struct TurnedMapsTests {
  private static let sizes = Shape(2, 6, 5, 4)

  /// A block as PyTorch's code for ConvNeXt writes it.
  private func block() -> Graph {
    let builder = GraphBuilder(kind: "Net")
    let conv = builder.add(Networks.conv(6, 6, seed: 1), builder.input, as: "conv")
    var x = builder.add(Transpose([0, 2, 3, 1]), conv, as: "last")
    x = builder.add(
      LayerNorm(weight: Networks.values(Shape(6), seed: 2), bias: Networks.values(Shape(6), seed: 3)), x, as: "norm")
    x = linear(builder, x, 6, 24, "fc1")
    x = builder.add(SiLU(), x, as: "act")
    x = linear(builder, x, 24, 6, "fc2")
    x = builder.add(Transpose([0, 3, 1, 2]), x, as: "first")
    let gamma = Networks.values(Shape(1, 6, 1, 1), seed: 6)
    x = builder.add(BoundOperation(Mul(), constants: [1: gamma], count: 2), x, as: "gamma")
    return builder.graph(output: builder.add(ReLU(), builder.add(Add(), x, conv, as: "sum"), as: "relu"))
  }

  private func linear(_ builder: GraphBuilder, _ x: Value, _ c: Int, _ k: Int, _ name: String) -> Value {
    let weight = Networks.values(Shape(c, k), seed: UInt64(c))
    let y = builder.add(BoundOperation(MatMul(), constants: [1: weight], count: 2), x, as: name)
    let bias = Networks.values(Shape(k), seed: UInt64(k + 1))
    return builder.add(BoundOperation(Add(), constants: [0: bias], count: 2), y, as: "\(name)_bias")
  }

  @Test func `Agrees with the separate steps`() throws {
    let graph = block()
    let input = Networks.values(Self.sizes, seed: 9)
    let joined = try Session(graph).forward(input).output
    for path in graph.modulePaths {
      let session = Session(graph)
      var seen: Tensor?
      _ = try session.registerForwardHook(path) { _, _, output in
        seen = output
        return nil
      }
      expectClose(try session.forward(input).output, joined, tolerance: 1e-6, path)
      if ["last", "norm", "fc2"].contains(path) { #expect(seen?.shape == Shape(2, 5, 4, 6), "\(path)") }
    }
  }

  @Test func `Leaves no transpose`() throws {
    let program = try ProgramCompiler.compile(block(), source: Self.sizes, resumed: nil, needs: [:], engine: .auto)
    // A convolution, a norm, two products with all that follows them, and what may stand alone.
    #expect(program.forward.filter { $0.writer is FusedConvolution }.count == 3)
    #expect(program.forward.count == 4)
  }

  @Test func `Runs back through a block`() throws {
    let graph = block()
    let input = Networks.values(Self.sizes, seed: 9)
    func gradient(_ extra: [String]) throws -> Tensor? {
      let session = Session(graph)
      var gradient: Tensor?
      for path in extra { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
      _ = try session.registerFullBackwardHook("conv") { _, _, gradOutputs in
        gradient = gradOutputs[0]
        return nil
      }
      let output = try session.forward(input).output
      try session.backward(Tensor(repeating: 1, output.shape))
      return gradient
    }
    let (plain, parted) = (try gradient([]), try gradient(graph.modulePaths))
    let (first, second) = try (#require(plain), #require(parted))
    expectClose(first, second, tolerance: 1e-5)
  }

  /// Windows of N H W C: what reshapes read lies in order, and is not copied.
  @Test func `Reshapes without a copy`() throws {
    let builder = GraphBuilder(kind: "Net")
    var x = builder.add(Networks.conv(6, 6, seed: 1), builder.input, as: "conv")
    x = builder.add(Transpose([0, 2, 3, 1]), x, as: "last")
    x = builder.add(LayerNorm(), x, as: "norm")
    x = builder.add(Slice([Slice.Range(axis: 1, start: 1), Slice.Range(axis: -1, end: 4)]), x, as: "part")
    x = builder.add(Reshape([2, 16, 4]), x, as: "tokens")
    let graph = builder.graph(output: builder.add(Linear(weight: Networks.values(Shape(3, 4), seed: 2)), x, as: "fc"))
    let input = Networks.values(Self.sizes, seed: 9)
    let session = Session(graph)
    for path in graph.modulePaths { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
    expectClose(try Session(graph).forward(input).output, try session.forward(input).output, tolerance: 1e-6)
    let program = try ProgramCompiler.compile(graph, source: Self.sizes, resumed: nil, needs: [:], engine: .auto)
    let reshapes = program.forward.compactMap { step -> (any Operation)? in
      if case .operation(let operation) = step.work { operation } else { nil }
    }
    #expect(reshapes.contains { $0 is StoredReshape })
  }
}

/// Rows that are multiplied by constants.
@Suite struct RowProductTests {
  /// A product with a bias, a residual and an activation; of few rows, which are multiplied where the weights lie, and of many.
  @Test(arguments: [(15, 8, 70), (16, 8, 70), (197, 192, 64), (40, 3, 5)])
  func `Takes in what follows`(_ rows: Int, _ c: Int, _ k: Int) throws {
    for isLinear in [true, false] {
      let builder = GraphBuilder(kind: "Net")
      let weight = Networks.values(isLinear ? Shape(k, c) : Shape(c, k), seed: 1)
      let bias = Networks.values(Shape(k), seed: 2)
      var x = builder.input
      if isLinear {
        x = builder.add(Linear(weight: weight, bias: bias), x, as: "fc")
      } else {
        x = builder.add(BoundOperation(MatMul(), constants: [1: weight], count: 2), x, as: "fc")
        x = builder.add(BoundOperation(Add(), constants: [1: bias], count: 2), x, as: "bias")
      }
      x = builder.add(BoundOperation(Mul(), constants: [1: bias], count: 2), x, as: "scale")
      let other = builder.add(Linear(weight: Networks.values(Shape(k, c), seed: 3)), builder.input, as: "other")
      let graph = builder.graph(
        output: builder.add(SiLU(), builder.add(Add(), other, x, as: "sum"), as: "act"))
      let input = Networks.values(Shape(2, rows, c), seed: 4)
      let joined = try Session(graph, threads: 2).forward(input).output
      let session = Session(graph)
      for path in graph.modulePaths { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
      expectClose(try session.forward(input).output, joined, tolerance: 1e-6)
      let context = ExecutionContext(threads: 1)
      let plain = Linear(weight: weight.shape[0] == k ? weight : Tensor(turned(weight), Shape(k, c)), bias: bias)
      let scaled = Mul().forward([plain.forward([input], context), bias], context)
      let second = Linear(weight: Networks.values(Shape(k, c), seed: 3)).forward([input], context)
      expectClose(joined, SiLU().forward([Add().forward([second, scaled], context)], context), tolerance: 1e-6)
      let program = try ProgramCompiler.compile(graph, source: input.shape, resumed: nil, needs: [:], engine: .auto)
      if rows >= 16 { #expect(program.forward.count == 2) }
      expectClose(try Session(graph, engine: .im2col).forward(input).output, joined, tolerance: 1e-5)
    }
  }

  private func turned(_ weight: Tensor) -> [Float] {
    let (numbers, c, k) = (weight.logical(), weight.shape[0], weight.shape[1])
    return (0..<k).flatMap { output in (0..<c).map { numbers[$0 * k + output] } }
  }
}
