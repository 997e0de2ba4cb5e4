import TestSupport
import Testing

@testable import GradCAMCore

/// Infinite slopes in front of slopes of 0: what PyTorch's `std` and `norm` give is finite, and exporters take them apart.
@Suite struct ZeroSlopeTests {
  /// The gradient of the sum of what `build` makes of channels of which the first is 0 everywhere, the second another constant, and
  /// the third neither.
  private func gradient(_ build: (GraphBuilder, Value) -> Value) throws -> [Float] {
    let builder = GraphBuilder(kind: "Net")
    let output = build(builder, builder.add(Identity(), builder.input, as: "layer"))
    let session = Session(builder.graph(output: output))
    var seen: Tensor?
    _ = try session.registerFullBackwardHook("layer") { _, _, gradients in
      seen = gradients[0]
      return nil
    }
    let x = [Float](repeating: 0, count: 6) + [Float](repeating: 2.7, count: 6) + [1, 4, 2, 0, 3, 5]
    let result = try session.forward(Tensor(x, Shape(1, 3, 2, 3))).output
    try session.backward(Tensor(repeating: 1, result.shape))
    return try #require(seen).logical()
  }

  private func centred(_ builder: GraphBuilder, _ x: Value) -> Value {
    builder.function(Sub(), x, builder.function(ReduceMean(reduced: ReducedAxes([2, 3])), x))
  }

  @Test func `A constant channel's standard deviation has the gradient 0`() throws {
    let found = try gradient { builder, x in
      let rest = centred(builder, x)
      let variance = builder.function(ReduceMean(reduced: ReducedAxes([2, 3])), builder.function(Mul(), rest, rest))
      return builder.function(Sqrt(), variance)
    }
    #expect(found[..<12].allSatisfy { $0 == 0 })
    // x̂/n, with the deviation √(17.5/6).
    let deviation = Float(17.5 / 6).squareRoot()
    for (gradient, x) in zip(found[12...], [1, 4, 2, 0, 3, 5] as [Float]) {
      #expect(abs(gradient - (x - 2.5) / 6 / deviation) < 1e-6)
    }
  }

  @Test func `So has the norm of zeros, by whatever squares it is written`() throws {
    let squares: [(GraphBuilder, Value) -> Value] = [
      { $0.function(ReduceSumSquare(reduced: ReducedAxes([2, 3])), $1) },
      { $0.function(ReduceSum(reduced: ReducedAxes([2, 3])), $0.function(Mul(), $1, $1)) },
      { $0.function(AvgPool2d(kernel: (2, 3)), $0.function(Mul(), $0.function(Abs(), $1), $0.function(Abs(), $1))) },
    ]
    for square in squares {
      let found = try gradient { $0.function(Sqrt(), square($0, $1)) }
      #expect(found[..<6].allSatisfy { $0 == 0 } && found.allSatisfy { $0.isFinite } && found[12] > 0)
    }
  }

  @Test func `A score that does not depend on a root gives it no gradient`() throws {
    let found = try gradient { builder, x in
      builder.function(Max(), builder.function(Sqrt(), x), builder.function(Add(), x, builder.function(Exp(), x)))
    }
    #expect(found.allSatisfy { $0.isFinite })
  }

  @Test func `An infinite gradient that nothing stops stays infinite`() throws {
    let root = try gradient { $0.function(Sqrt(), $1) }
    #expect(root[..<6].allSatisfy { $0 == .infinity })
    #expect(through(.infinity, 0) == 0 && through(0, .infinity) == 0 && through(0, .nan) == 0)
    #expect(through(2, 3) == 6 && through(.infinity, 1) == .infinity && through(2, .nan).isNaN)
  }
}
