import TestSupport
import Testing

@testable import GradCAMCore

/// What is joined computes what the parts compute, to the byte.
@Suite struct FusionTests {
  private static let sizes = Shape(2, 3, 9, 8)

  private func convolution(_ k: Int, _ c: Int, seed: Int) -> Conv2d {
    Conv2d(weight: Networks.values(Shape(k, c, 3, 3), seed: UInt64(seed)), padding: Padding(1))
  }

  private func norm(_ c: Int, seed: Int) -> BatchNorm2d {
    let values = { (offset: Int) in Networks.values(Shape(c), seed: UInt64(seed + offset)).logical() }
    return BatchNorm2d(
      weight: values(0), bias: values(1), runningMean: values(2), runningVar: values(3).map { abs($0) + 0.5 })
  }

  /// SiLU as exporters write it, every activation that can be joined, a batch norm with a ReLU of its own.
  private func network() -> Graph {
    let builder = GraphBuilder(kind: "Net")
    var x = builder.add(convolution(20, 3, seed: 41), builder.input, as: "conv")
    let gate = builder.add(Sigmoid(), x, as: "sigmoid")
    x = builder.add(Mul(), x, gate, as: "mul")
    let activations: [any WritingOperation] = [HardSwish(), Clip.relu6, HardSigmoid(), SiLU()]
    for (index, activation) in activations.enumerated() {
      x = builder.add(convolution(20, 20, seed: 42 + index), x, as: "conv\(index)")
      x = builder.add(activation, x, as: "act\(index)")
    }
    x = builder.add(ReLU(), builder.add(norm(20, seed: 60), x, as: "bn"), as: "relu")
    return builder.graph(output: x)
  }

  @Test func `Joins sigmoid and product to SiLU`() throws {
    let program = try ProgramCompiler.compile(
      network(), source: Self.sizes, resumed: nil, needs: [:], engine: .auto)
    let activations = program.forward.map { step -> Activation? in
      guard case .write(let writer) = step.work else { return nil }
      return (writer as? FusedConvolution)?.activation ?? (writer as? FusedBatchNorm)?.activation
    }
    #expect(
      activations == [.silu, .hardSwish, .clip(0, 6), .hardSigmoid(alpha: 1 / 6, beta: 0.5), .silu, .relu])
  }

  @Test func `Changes no byte where hooks part it`() throws {
    let graph = network()
    let input = Networks.values(Self.sizes, seed: 40)
    let joined = try Session(graph).forward(input).output
    let session = Session(graph)
    for path in graph.modulePaths { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
    expectSameBytes(try session.forward(input).output, joined)
    for path in graph.modulePaths {
      let session = Session(graph)
      _ = try session.registerForwardHook(path) { _, _, _ in nil }
      expectSameBytes(try session.forward(input).output, joined, path)
    }
  }

  /// Both convolutions are alone with the addition; only one can take it in.
  @Test func `Joins an addition to one of two convolutions`() throws {
    let builder = GraphBuilder(kind: "Net")
    let parts = [
      builder.add(convolution(5, 3, seed: 71), builder.input, as: "a"),
      builder.add(convolution(5, 3, seed: 72), builder.input, as: "b"),
    ]
    let graph = builder.graph(output: builder.function(Add(), parts[0], parts[1]))
    let input = Networks.values(Self.sizes, seed: 70)
    let session = Session(graph)
    for path in graph.modulePaths { _ = try session.registerForwardHook(path) { _, _, _ in nil } }
    expectSameBytes(try Session(graph).forward(input).output, try session.forward(input).output)
  }

  @Test func `Keeps apart what the backward pass reads`() throws {
    let graph = network()
    let session = Session(graph)
    var gradient: Tensor?
    _ = try session.registerFullBackwardHook("conv", needsGradInputs: true) { _, gradInputs, _ in
      gradient = gradInputs[0]
      return nil
    }
    let input = Networks.values(Self.sizes, seed: 40)
    let output = try session.forward(input).output
    try session.backward(Tensor(repeating: 1, output.shape))
    let plain = Session(graph, engine: .im2col)
    var expected: Tensor?
    _ = try plain.registerFullBackwardHook("conv", needsGradInputs: true) { _, gradInputs, _ in
      expected = gradInputs[0]
      return nil
    }
    _ = try plain.forward(input)
    try plain.backward(Tensor(repeating: 1, output.shape))
    expectClose(try #require(gradient), try #require(expected), tolerance: 1e-4)
  }

  // MARK: GELU

  private func with(_ operation: any GradCAMCore.Operation, _ number: Float, at position: Int = 1) -> BoundOperation {
    BoundOperation(operation, constants: [position: Tensor([number], Shape(1))], count: 2)
  }

  /// GELU as exporters write it: at the input, behind a convolution, and with the half first.
  private func writtenOut(root: Float = Float(2).squareRoot()) -> Graph {
    let builder = GraphBuilder(kind: "Net")
    func gelu(_ x: Value, _ name: String, halvesFirst: Bool) -> Value {
      let half = halvesFirst ? builder.add(with(Mul(), 0.5, at: 0), x, as: "\(name)half") : x
      let quotient = builder.add(with(Div(), root), x, as: "\(name)div")
      let sum = builder.add(with(Add(), 1), builder.add(Erf(), quotient, as: "\(name)erf"), as: "\(name)add")
      let product = builder.add(Mul(), halvesFirst ? sum : half, halvesFirst ? half : sum, as: "\(name)mul")
      return halvesFirst ? product : builder.add(with(Mul(), 0.5), product, as: "\(name)half")
    }
    var x = gelu(builder.input, "a", halvesFirst: false)
    x = gelu(builder.add(convolution(20, 3, seed: 81), x, as: "conv"), "b", halvesFirst: false)
    x = gelu(builder.add(convolution(20, 20, seed: 82), x, as: "conv2"), "c", halvesFirst: true)
    return builder.graph(output: gelu(x, "d", halvesFirst: true))
  }

  @Test func `Joins a GELU that is written out`() throws {
    let program = try ProgramCompiler.compile(
      writtenOut(), source: Self.sizes, resumed: nil, needs: [:], engine: .auto)
    let writers = program.forward.map { step in
      guard case .write(let writer) = step.work else { return "" }
      return (writer as? FusedConvolution).map { "\($0.activation == .gelu)" } ?? "\(type(of: writer))"
    }
    #expect(writers == ["GELU", "true", "true", "GELU"])
    let other = try ProgramCompiler.compile(
      writtenOut(root: 1.5), source: Self.sizes, resumed: nil, needs: [:], engine: .auto)
    #expect(other.forward.count == 22)
  }

  @Test func `Changes no byte where hooks part a GELU`() throws {
    let graph = writtenOut()
    let input = Networks.values(Self.sizes, seed: 80)
    let joined = try Session(graph).forward(input).output
    for path in graph.modulePaths {
      let session = Session(graph)
      _ = try session.registerForwardHook(path) { _, _, _ in nil }
      expectSameBytes(try session.forward(input).output, joined, path)
    }
  }
}
