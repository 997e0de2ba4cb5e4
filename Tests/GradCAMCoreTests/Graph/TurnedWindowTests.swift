import TestSupport
import Testing

@testable import GradCAMCore

/// Blocks of Swin: windows of N H W C that are rolled and padded, between residuals.
@Suite struct TurnedWindowTests {
  private static let sizes = Shape(2, 6, 9, 8)

  /// - Parameter padding: below and to the right.
  private func blocks(_ count: Int, padding: Int = 0) -> Graph {
    let builder = GraphBuilder(kind: "Net")
    var x = builder.add(Networks.conv(6, 6, seed: 1), builder.input, as: "conv")
    x = builder.add(Transpose([0, 2, 3, 1]), x, as: "last")
    for index in 0..<count { x = block(builder, x, padding, "\(index)") }
    x = builder.add(LayerNorm(weight: Networks.values(Shape(6), seed: 2)), x, as: "norm")
    return builder.graph(output: builder.add(Transpose([0, 3, 1, 2]), x, as: "first"))
  }

  private func block(_ builder: GraphBuilder, _ x: Value, _ padding: Int, _ name: String) -> Value {
    var y = builder.add(LayerNorm(bias: Networks.values(Shape(6), seed: 3)), x, as: "\(name)norm")
    let none = [0, 0, 0, 0]
    y = builder.add(Pad(before: none, after: [0, padding, padding, 0]), y, as: "\(name)pad")
    let parts = [
      builder.add(Slice([Slice.Range(axis: 1, start: 3)]), y, as: "\(name)below"),
      builder.add(Slice([Slice.Range(axis: 1, end: 3)]), y, as: "\(name)above"),
    ]
    y = builder.add(Concat(axis: 1), parts, as: "\(name)roll")
    y = builder.add(
      Slice([Slice.Range(axis: 1, end: 9), Slice.Range(axis: 2, end: 8)]), y, as: "\(name)crop")
    let (h, w) = (9, 8)
    y = builder.add(Reshape([-1, h / 3, 3, w / 2, 2, 6]), y, as: "\(name)split")
    y = builder.add(Transpose([0, 1, 3, 2, 4, 5]), y, as: "\(name)windows")
    y = builder.add(Reshape([-1, 3 * 2, 6]), y, as: "\(name)tokens")
    y = builder.add(Linear(weight: Networks.values(Shape(6, 6), seed: 4)), y, as: "\(name)attention")
    y = builder.add(Reshape([-1, h / 3, w / 2, 3, 2, 6]), y, as: "\(name)back")
    y = builder.add(Transpose([0, 1, 3, 2, 4, 5]), y, as: "\(name)unwindows")
    y = builder.add(Reshape([-1, h, w, 6]), y, as: "\(name)joined")
    let sum = builder.add(Add(), x, y, as: "\(name)sum")
    y = linear(builder, builder.add(LayerNorm(), sum, as: "\(name)norm2"), 6, 20, "\(name)fc1")
    y = linear(builder, builder.add(GELU(), y, as: "\(name)act"), 20, 6, "\(name)fc2")
    return builder.add(Add(), sum, y, as: "\(name)sum2")
  }

  private func linear(_ builder: GraphBuilder, _ x: Value, _ c: Int, _ k: Int, _ name: String) -> Value {
    let weight = Networks.values(Shape(c, k), seed: UInt64(c))
    let y = builder.add(BoundOperation(MatMul(), constants: [1: weight], count: 2), x, as: name)
    let bias = Networks.values(Shape(k), seed: UInt64(k + 1))
    return builder.add(BoundOperation(Add(), constants: [0: bias], count: 2), y, as: "\(name)_bias")
  }

  private func steps(_ graph: Graph, hooked: [String] = []) throws -> [Program.Step] {
    let session = Session(graph)
    for path in hooked { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
    return try session.program(source: Self.sizes, resumed: nil).forward
  }

  private func transposes(_ steps: [Program.Step], _ graph: Graph) -> Int {
    steps.filter { step in
      (graph.operation(of: step) ?? step.writer as? any GradCAMCore.Operation) is Transpose && step.outputs.count == 1
    }.count
  }

  @Test(arguments: [0, 1]) func `Agrees with the separate steps`(_ padding: Int) throws {
    let graph = blocks(2, padding: padding)
    let input = Networks.values(Self.sizes, seed: 9)
    let joined = try Session(graph, threads: 2).forward(input).output
    let session = Session(graph)
    for path in graph.modulePaths { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
    expectClose(try session.forward(input).output, joined, tolerance: 2e-6)
    for path in graph.modulePaths {
      let session = Session(graph)
      var seen: Tensor?
      _ = try session.registerForwardHook(path) { _, _, output in
        seen = output
        return nil
      }
      expectClose(try session.forward(input).output, joined, tolerance: 2e-6, path)
      if path.hasSuffix("sum") || path.hasSuffix("norm") { #expect(seen?.shape == Shape(2, 9, 8, 6), "\(path)") }
    }
  }

  /// Only the windows' own are left; products take in what follows them.
  @Test func `Leaves maps in their place`() throws {
    let graph = blocks(2)
    let plain = try steps(graph)
    #expect(transposes(plain, graph) == 4)
    #expect(plain.filter { $0.writer is FusedConvolution }.count == 5)
  }

  /// One hooked layer costs a copy of what it takes, of two values here, and of what it gives, there and back; no more.
  @Test func `Copies around a hooked layer alone`() throws {
    let graph = blocks(4)
    for path in ["norm", "3sum2", "1sum"] {
      let hooked = try steps(graph, hooked: [path])
      #expect(transposes(hooked, graph) <= 8 + 4, "\(path)")
      #expect(hooked.filter { $0.writer is FusedConvolution }.count == 9, "\(path)")
    }
  }

  /// What the backward pass reads is there as it was.
  @Test func `Runs back through all blocks`() throws {
    let graph = blocks(3, padding: 1)
    let input = Networks.values(Self.sizes, seed: 9)
    func gradient(at path: String, _ extra: [String]) throws -> Tensor {
      let session = Session(graph)
      var gradient: Tensor?
      for path in extra { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
      _ = try session.registerFullBackwardHook(path) { _, _, gradOutputs in
        gradient = gradOutputs[0]
        return nil
      }
      let output = try session.forward(input).output
      try session.backward(Networks.values(output.shape, seed: 8))
      return try #require(gradient)
    }
    for path in ["conv", "1sum", "2norm", "2sum2"] {
      expectClose(try gradient(at: path, []), try gradient(at: path, graph.modulePaths), tolerance: 1e-5, path)
    }
  }

  /// A value that is only scaled between others that need it as it is.
  @Test func `Leaves alone what maps would not spare`() throws {
    let builder = GraphBuilder(kind: "Net")
    var x = builder.add(Reshape([2, 6, 9, 8]), builder.input, as: "split")
    x = builder.add(Transpose([0, 2, 1, 3]), x, as: "heads")
    x = builder.add(ReLU(), x, as: "relu")
    x = builder.add(Transpose([0, 2, 1, 3]), x, as: "back")
    let graph = builder.graph(output: x)
    #expect(transposes(try steps(graph), graph) == 2)
    #expect(try steps(graph).count == 4)
  }
}
