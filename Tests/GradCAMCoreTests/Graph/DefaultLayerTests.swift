import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// The layer that is explained where nobody names one.
@Suite struct DefaultLayerTests {
  private static let input = Shape(1, 3, 8, 8)

  private static func conv(_ net: GraphBuilder, _ x: Value, _ inputs: Int, _ outputs: Int, as name: String) -> Value {
    net.add(Conv2d(weight: Tensor(repeating: 0.5, Shape(outputs, inputs, 1, 1))), x, as: name)
  }

  private static func head(_ net: GraphBuilder, _ x: Value, _ features: Int) -> Value {
    net.add(Linear(weight: Tensor(repeating: 0.1, Shape(5, features))), x, as: "head")
  }

  /// - Returns: the default layer and why it may be far from the last.
  private static func found(_ build: (GraphBuilder) -> Value) throws -> (path: String, doubt: Message?)? {
    let builder = GraphBuilder(kind: "Net")
    let graph = builder.graph(output: build(builder))
    return graph.defaultLayer(PositionMap(graph, try graph.shapes(for: input))).map { ($0.path, $0.doubt) }
  }

  @Test func `Flattened maps beside each other are features`() throws {
    let layer = try Self.found { net in
      let (a, b) = (Self.conv(net, net.input, 3, 2, as: "a"), Self.conv(net, net.input, 3, 4, as: "b"))
      let features = net.function(Concat(axis: 1), net.function(Flatten(), a), net.function(Flatten(), b))
      return Self.head(net, features, 6 * 64)
    }
    #expect(layer?.path == "b" && layer?.doubt == nil)
  }

  @Test func `A flattened map beside pooled features holds no special tokens`() throws {
    let layer = try Self.found { net in
      let early = Self.conv(net, net.input, 3, 2, as: "early")
      let late = Self.conv(net, early, 2, 4, as: "late")
      let pooled = net.function(Flatten(), net.function(AdaptiveAvgPool2d(), early))
      return Self.head(net, net.function(Concat(axis: 1), pooled, net.function(Flatten(), late)), 2 + 4 * 64)
    }
    #expect(layer?.path == "late" && layer?.doubt == nil)
  }

  @Test func `A sum over branches is a feature map, and one over places a pooling`() throws {
    let layer = try Self.found { net in
      let branches = Self.conv(net, net.input, 3, 8, as: "branches")
      let sum = net.add(
        ReduceSum(reduced: ReducedAxes([1], keepsDimensions: false)), net.function(Reshape([1, 2, 4, 8, 8]), branches),
        as: "sum")
      return Self.head(net, net.function(ReduceMean(reduced: ReducedAxes([2, 3], keepsDimensions: false)), sum), 4)
    }
    #expect(layer?.path == "sum" && layer?.doubt == nil)
  }

  @Test func `A pooling by the attention of one query is followed`() throws {
    let layer = try Self.found { net in
      let map = Self.conv(net, net.input, 3, 4, as: "map")
      let tokens = net.function(Transpose([0, 2, 1]), net.function(Reshape([1, 4, 64]), map))
      let query = net.function(ReduceMean(reduced: ReducedAxes([1])), tokens)
      let scores = net.function(MatMul(), query, net.function(Transpose([0, 2, 1]), tokens))
      let pooled = net.function(MatMul(), net.function(Softmax(axis: -1), scores), tokens)
      return Self.head(net, net.function(Flatten(), pooled), 4)
    }
    #expect(layer?.path == "map" && layer?.doubt == nil)
  }
}
