import TestSupport
import Testing

@testable import GradCAMCore

/// An addition that broadcasts is not a residual: it must not be joined with the convolution before it.
@Suite struct BroadcastFusionTests {
  @Test(arguments: [Shape(1, 3, 1, 1), Shape(2, 3, 1, 1), Shape(2, 3, 4, 5), Shape(3, 1, 1), Shape(1, 1, 4, 5)])
  func `Adds whatever shape to a convolution`(_ axes: Shape) throws {
    var random = SeededRandom(seed: 3)
    let x = Tensor(random.uniform(2 * 3 * 4 * 5), Shape(2, 3, 4, 5))
    let convolution = Conv2d(weight: Tensor(random.uniform(9), Shape(3, 3, 1, 1)))
    let reduced = ReduceMean(ReducedAxes(axes.rank == 3 ? [0, 2, 3] : (0..<4).filter { axes[$0] == 1 }))
    let graph = GraphBuilder(kind: "Net")
    let addend = graph.add(reduced, graph.input, as: "mean")
    let y = graph.add(convolution, graph.input, as: "conv")
    let output = graph.add(ReLU(), graph.add(Add(), addend, y, as: "add"), as: "relu")

    let context = ExecutionContext(threads: 1)
    let mean = reduced.forward([x], context)
    let expected = ReLU().forward([Add().forward([mean, convolution.forward([x], context)], context)], context)
    expectSameBytes(try Session(graph.graph(output: output)).forward(x).output, expected)
  }
}
