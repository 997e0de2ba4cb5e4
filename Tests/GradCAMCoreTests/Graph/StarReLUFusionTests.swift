import TestSupport
import Testing

@testable import GradCAMCore

/// A StarReLU that is written out in four steps is one activation.
@Suite struct StarReLUFusionTests {
  private static let sizes = Shape(2, 3, 7, 5)

  /// How much of scale·max(x, 0)² + bias is written.
  private enum Form: CaseIterable { case whole, productOfTwo, withoutBias, squareOnly }

  private func with(_ operation: any GradCAMCore.Operation, _ number: Float, at position: Int = 1) -> BoundOperation {
    BoundOperation(operation, constants: [position: Tensor([number], Shape())], count: 2)
  }

  private func star(_ builder: GraphBuilder, _ x: Value, _ form: Form, _ name: String, exponent: Float = 2) -> Value {
    var x = builder.add(ReLU(), x, as: "\(name)relu")
    x =
      form == .productOfTwo
      ? builder.add(Mul(), x, x, as: "\(name)square") : builder.add(with(Pow(), exponent), x, as: "\(name)square")
    if form == .squareOnly { return x }
    x = builder.add(with(Mul(), 0.9, at: form == .whole ? 0 : 1), x, as: "\(name)scale")
    return form == .withoutBias ? x : builder.add(with(Add(), -0.3, at: form == .whole ? 1 : 0), x, as: "\(name)bias")
  }

  /// At the input, and behind a convolution by each algorithm that odd sizes take.
  private func network(_ form: Form, exponent: Float = 2) -> Graph {
    let builder = GraphBuilder(kind: "Net")
    var x = star(builder, builder.input, form, "a", exponent: exponent)
    x = star(builder, builder.add(Networks.conv(19, 3, seed: 11), x, as: "conv"), form, "b", exponent: exponent)
    let depthwise = Conv2d(weight: Networks.values(Shape(19, 1, 3, 3), seed: 12), padding: Padding(1), groups: 19)
    x = star(builder, builder.add(depthwise, x, as: "depthwise"), form, "c", exponent: exponent)
    let point = Conv2d(weight: Networks.values(Shape(5, 19, 1, 1), seed: 13))
    return builder.graph(output: star(builder, builder.add(point, x, as: "point"), form, "d", exponent: exponent))
  }

  /// Of rows.
  private func rows(_ form: Form) -> Graph {
    let builder = GraphBuilder(kind: "Net")
    let x = builder.add(Linear(weight: Networks.values(Shape(21, 7), seed: 14)), builder.input, as: "fc")
    return builder.graph(output: star(builder, x, form, "a"))
  }

  private func program(_ graph: Graph, _ source: Shape) throws -> Program {
    try ProgramCompiler.compile(graph, source: source, resumed: nil, needs: [:], engine: .auto)
  }

  @Test func `Is one step with what stands before it`() throws {
    for form in Form.allCases {
      let steps = try program(network(form), Self.sizes).forward
      #expect(steps.map { $0.writer is FusedConvolution } == [false, true, true, true], "\(form)")
      #expect(try program(rows(form), Shape(1, 33, 7)).forward.count == 1, "\(form)")
    }
    let whole = Activation.starReLU(scale: 0.9, bias: -0.3)
    let steps = try program(network(.whole), Self.sizes).forward
    #expect((steps.first?.writer as? StarReLU)?.activation == whole)
    #expect((steps.last?.writer as? FusedConvolution)?.activation == whole)
    // Another power is none.
    #expect(try program(network(.whole, exponent: 3), Self.sizes).forward.count == 16)
  }

  @Test func `Changes no byte where hooks part it`() throws {
    for form in Form.allCases {
      for (graph, sizes) in [(network(form), Self.sizes), (rows(form), Shape(1, 33, 7))] {
        let input = Networks.values(sizes, seed: 10)
        let joined = try Session(graph, threads: 2).forward(input).output
        for path in graph.modulePaths {
          let session = Session(graph)
          var seen = 0
          _ = try session.registerForwardHook(path) { _, _, _ in
            seen += 1
            return nil
          }
          expectSameBytes(try session.forward(input).output, joined, "\(form) \(path)")
          #expect(seen == 1)
        }
      }
    }
  }

  /// From the output to the input, against finite differences of the joined steps.
  @Test func `Runs back`() throws {
    for form in Form.allCases {
      let graph = network(form)
      let session = Session(graph)
      let input = Networks.values(Self.sizes, seed: 10)
      var gradient: Tensor?
      _ = session.registerSourceHook { gradient = $0 }
      let output = try session.forward(input).output
      try session.backward(Tensor(repeating: 1, output.shape))
      let slopes = try #require(gradient).logical()
      let plain = Session(graph)
      func sum(_ values: [Float]) throws -> Double {
        try plain.forward(Tensor(values, Self.sizes)).output.logical().reduce(0) { $0 + Double($1) }
      }
      let most = slopes.map { abs($0) }.max() ?? 0
      let numbers = input.logical()
      for index in stride(from: 0, to: numbers.count, by: 17) where abs(numbers[index]) > 0.01 {
        var (above, below) = (numbers, numbers)
        above[index] += 2e-3
        below[index] -= 2e-3
        let expected = Float((try sum(above) - sum(below)) / Double(above[index] - below[index]))
        #expect(abs(slopes[index] - expected) < 1e-2 * most, "\(form) at \(index)")
      }
    }
  }
}
