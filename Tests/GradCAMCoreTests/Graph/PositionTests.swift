import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Where the rows and columns of the picture go. Values that say by themselves which place of the picture they stand for are sent
/// through networks that only move them, and must lie in their places once they are turned.
@Suite struct PositionTests {
  /// 2 channels of 4 × 6 places, each holding 10 · row + column.
  private static let input = Shape(1, 2, 4, 6)

  private static func places(_ shape: Shape) -> Tensor {
    Tensor(
      (0..<shape.count).map { Float($0 / shape.w % shape.h * 10 + $0 % shape.w) }, shape)
  }

  /// Checks that what `build` makes of the input is a feature map of so many channels whose places are all right.
  private static func expectPlaces(
    channels: Int = 2, input: Shape = input, step: Int = 1, of build: (GraphBuilder) -> Value
  ) throws {
    let (view, value) = try seen(input, build)
    let turned = view.turned(value)
    #expect(turned.shape == Shape(1, channels, input.h / step, input.w / step))
    for (index, found) in turned.logical().enumerated() {
      let (row, column) = (index / view.columns % view.rows, index % view.columns)
      #expect(Int(found) / 10 / step == row && Int(found) % 10 / step == column, "\(found) at \(row), \(column)")
    }
    #expect(view.turnedBack(turned, over: value).logical() == value.logical())
  }

  /// A value as a feature map, and what it holds for an input of places.
  private static func seen(_ input: Shape, _ build: (GraphBuilder) -> Value) throws -> (GridView, Tensor) {
    let builder = GraphBuilder(kind: "Net")
    let value = builder.add(Identity(), build(builder), as: "seen")
    // Windows have no batch of their own to leave the network with.
    let mean = builder.function(ReduceMean(reduced: ReducedAxes([0])), value)
    let graph = builder.graph(output: mean)
    let view = try #require(PositionMap(graph, try graph.shapes(for: input)).view(of: value))
    let session = Session(graph)
    var seen: Tensor?
    _ = try session.registerForwardHook("seen") { _, _, output in
      seen = output
      return nil
    }
    _ = try session.forward(places(input))
    return (view, try #require(seen))
  }

  @Test func `Turns channels that come last`() throws {
    try Self.expectPlaces { $0.function(Transpose([0, 2, 3, 1]), $0.input) }
    try Self.expectPlaces { $0.function(Transpose([0, 3, 1, 2]), $0.input) }
  }

  @Test func `Follows a picture flattened to tokens and back`() throws {
    try Self.expectPlaces { net in
      net.function(Transpose([0, 2, 1]), net.function(Reshape([0, 2, 24]), net.input))
    }
    try Self.expectPlaces { net in
      let tokens = net.function(Transpose([0, 2, 1]), net.function(Reshape([0, 2, 24]), net.input))
      return net.function(Reshape([0, 4, 6, 2]), tokens)
    }
    try Self.expectPlaces { net in
      net.function(
        Unsqueeze(axes: [1]), net.function(Transpose([2, 0, 1]), net.function(Reshape([0, 2, 24]), net.input)))
    }
  }

  private static func windows(_ net: GraphBuilder, _ x: Value) -> Value {
    let last = net.function(Transpose([0, 2, 3, 1]), x)
    let split = net.function(Reshape([1, 2, 2, 2, 3, 2]), last)
    return net.function(Reshape([4, 6, 2]), net.function(Transpose([0, 1, 3, 2, 4, 5]), split))
  }

  @Test func `Puts windows in their places`() throws {
    try Self.expectPlaces { Self.windows($0, $0.input) }
  }

  @Test func `Remembers a roll, through windows too, and its undoing`() throws {
    func roll(_ net: GraphBuilder, _ x: Value, _ axis: Int, by shift: Int) -> Value {
      let parts = [(shift, Int.max), (0, shift)].map { start, end in
        net.function(Slice([Slice.Range(axis: axis, start: start, end: end)]), x)
      }
      return net.function(Concat(axis: axis), parts[0], parts[1])
    }
    try Self.expectPlaces { roll($0, $0.input, 2, by: 1) }
    try Self.expectPlaces { Self.windows($0, roll($0, roll($0, $0.input, 2, by: 1), 3, by: 2)) }
    try Self.expectPlaces { roll($0, roll($0, $0.input, 3, by: 2), 3, by: 4) }
    try Self.expectPlaces { $0.function(Gather(axis: 2, indices: [3, 0, 1, 2]), $0.input) }
  }

  @Test func `Knows the grid of cells that became features`() throws {
    // Patches of 2 × 2 cells, whose values a product averages away.
    let mean = Tensor(repeating: 0.125, Shape(1, 8))
    let builder = GraphBuilder(kind: "Net")
    let split = builder.function(Reshape([1, 2, 2, 2, 3, 2]), builder.input)
    let cells = builder.function(Reshape([1, 6, 8]), builder.function(Transpose([0, 2, 4, 3, 5, 1]), split))
    let graph = builder.graph(output: builder.function(Linear(weight: mean), cells))
    let positions = PositionMap(graph, try graph.shapes(for: Self.input))
    let view = try #require(positions.view(of: graph.output))
    let value = view.turned(try Session(graph).forward(Self.places(Self.input)).output)
    #expect(value.shape == Shape(1, 1, 2, 3))
    #expect(value.logical() == [5.5, 7.5, 9.5, 25.5, 27.5, 29.5])
  }

  @Test(arguments: [LayerNorm() as any Operation, RMSNorm()])
  func `Takes merged cells for features once a norm has mixed them`(_ norm: any Operation) throws {
    let builder = GraphBuilder(kind: "Net")
    let split = builder.function(Reshape([1, 2, 2, 2, 3, 2]), builder.input)
    let cells = builder.function(Reshape([1, 2, 3, 8]), builder.function(Transpose([0, 2, 4, 5, 3, 1]), split))
    let graph = builder.graph(output: builder.function(norm, cells))
    let positions = PositionMap(graph, try graph.shapes(for: Self.input))
    let view = try #require(positions.view(of: graph.output))
    #expect([view.rows, view.columns, view.channels] == [2, 3, 8] && positions.view(of: cells) == nil)
    // A map that is normalised as a whole keeps its places.
    let whole = GraphBuilder(kind: "Net")
    let line = whole.function(norm, whole.function(Reshape([1, 48]), whole.input))
    let kept = whole.graph(output: whole.function(Reshape([1, 2, 4, 6]), line))
    #expect(PositionMap(kept, try kept.shapes(for: Self.input)).view(of: kept.output)?.isPlain == true)
  }

  /// Hiera's: of each 2 × 2 places of a window one query is left, and keys stay as they are.
  @Test func `Follows queries that are fewer than the keys of their window`() throws {
    let (input, builder) = (Shape(1, 2, 8, 8), GraphBuilder(kind: "Net"))
    let split = builder.function(Reshape([2, 2, 2, 2, 2, 2, 2]), builder.input)
    // Windows of 4 × 4 places, in each first which of 2 × 2 places, then which 2 × 2.
    let keys = builder.function(Reshape([4, 16, 2]), builder.function(Transpose([1, 4, 3, 6, 2, 5, 0]), split))
    let queries = builder.function(
      ReduceMax(reduced: ReducedAxes([1], keepsDimensions: false)), builder.function(Reshape([4, 4, 4, 2]), keys))
    let shares = builder.function(
      Softmax(axis: -1), builder.function(MatMul(), queries, builder.function(Transpose([0, 2, 1]), keys)))
    let graph = builder.graph(output: builder.function(MatMul(), shares, keys))
    let positions = PositionMap(graph, try graph.shapes(for: input))
    #expect(positions.layout(of: graph.output) == positions.layout(of: queries))
    let view = try #require(positions.view(of: graph.output))
    #expect([view.rows, view.columns, view.channels] == [4, 4, 2])
    // Windows of another cut than the keys' are not taken for theirs.
    let other = GraphBuilder(kind: "Net")
    let rows = other.function(Reshape([8, 8, 2]), other.function(Transpose([0, 2, 3, 1]), other.input))
    let columns = other.function(Reshape([8, 8, 2]), other.function(Transpose([0, 3, 2, 1]), other.input))
    let mixed = other.function(MatMul(), rows, other.function(Transpose([0, 2, 1]), columns))
    let crossed = other.graph(output: other.function(MatMul(), mixed, columns))
    #expect(PositionMap(crossed, try crossed.shapes(for: input)).view(of: crossed.output) == nil)
  }

  @Test func `Takes every second row for a coarser grid`() throws {
    try Self.expectPlaces(step: 2) { net in
      net.function(Slice([Slice.Range(axis: 2, step: 2), Slice.Range(axis: 3, step: 2)]), net.input)
    }
    try Self.expectPlaces(step: 2) { net in
      let split = net.function(Reshape([1, 2, 2, 2, 3, 2]), net.input)
      return net.function(
        Gather(axis: 3, indices: [1], shape: Shape()),
        net.function(Gather(axis: 5, indices: [0], shape: Shape()), split))
    }
  }

  private static func classToken(_ net: GraphBuilder, _ x: Value) -> Value {
    let tokens = net.function(Transpose([0, 2, 1]), net.function(Reshape([0, 2, 24]), x))
    let token = BoundOperation(Concat(axis: 1), constants: [0: Tensor([7, 8], Shape(1, 1, 2))], count: 2)
    return net.function(token, tokens)
  }

  @Test func `Sets special tokens aside, and leaves them as they are`() throws {
    let builder = GraphBuilder(kind: "Net")
    let graph = builder.graph(output: Self.classToken(builder, builder.input))
    let view = try #require(PositionMap(graph, try graph.shapes(for: Self.input)).view(of: graph.output))
    let value = try Session(graph).forward(Self.places(Self.input)).output
    #expect(view.turned(value).logical() == Self.places(Self.input).logical())
    let zero = view.turnedBack(Tensor(repeating: 0, Self.input.withImages(2)), over: value)
    #expect(zero.shape == Shape(2, 25, 2))
    #expect(zero.logical() == ([7, 8] + Array(repeating: 0, count: 48)) + ([7, 8] + Array(repeating: 0, count: 48)))
  }

  @Test func `Turns a batch`() throws {
    let builder = GraphBuilder(kind: "Net")
    let graph = builder.graph(output: Self.windows(builder, builder.input))
    let view = try #require(PositionMap(graph, try graph.shapes(for: Self.input)).view(of: graph.output))
    var random = SeededRandom(seed: 1)
    let maps = Tensor(random.uniform(3 * 48), Self.input.withImages(3))
    let own = view.turnedBack(maps, over: Tensor(repeating: 0, view.own))
    #expect(own.shape == Shape(12, 6, 2))
    #expect(view.turned(own).logical() == maps.logical())
  }

  // MARK: What is no picture

  private static func standing(
    input: Shape = input, _ build: (GraphBuilder) -> Value
  ) throws -> PositionMap.Standing {
    let builder = GraphBuilder(kind: "Net")
    let graph = builder.graph(output: build(builder))
    return PositionMap(graph, try graph.shapes(for: input)).standing(of: graph.output)
  }

  @Test func `Never takes heads by tokens for a picture`() throws {
    let scattered = try Self.standing(input: Shape(1, 4, 4, 6)) { net in
      let heads = net.function(Reshape([0, 2, 2, 24]), net.input)
      return net.function(Transpose([0, 1, 3, 2]), heads)
    }
    guard case .scattered = scattered else {
      Issue.record("\(scattered)")
      return
    }
  }

  @Test func `Says where positions were lost`() throws {
    // A size that does not divide rows, their order turned round, places repeated or exchanged, rows added to columns.
    let lost: [(GraphBuilder) -> Value] = [
      { $0.function(Reshape([1, 2, 8, 3]), $0.function(Reshape([1, 2, 3, 8]), $0.input)) },
      { $0.function(Slice([Slice.Range(axis: 2, start: -1, end: Int.min, step: -1)]), $0.input) },
      { $0.function(Tile([1, 1, 2, 1]), $0.input) },
      { net in
        let square = net.function(Slice([Slice.Range(axis: 3, start: 0, end: 6, step: 2)]), net.input)
        let rows = net.function(Slice([Slice.Range(axis: 2, start: 0, end: 3)]), square)
        return net.function(Add(), rows, net.function(Transpose([0, 1, 3, 2]), rows))
      },
      { $0.function(Gather(axis: 2, indices: [1, 0, 3, 2]), $0.input) },
    ]
    for (index, build) in lost.enumerated() {
      let found = try Self.standing(build)
      guard case .lost = found else {
        Issue.record("\(index): \(found)")
        continue
      }
    }
  }

  @Test func `Takes a part of the rows for no map of the picture, and all parts together for one`() throws {
    func rows(_ net: GraphBuilder, _ range: Range<Int>) -> Value {
      net.function(Slice([Slice.Range(axis: 2, start: range.lowerBound, end: range.upperBound)]), net.input)
    }
    let part = try Self.standing { rows($0, 0..<3) }
    guard case .part = part else {
      Issue.record("\(part)")
      return
    }
    try Self.expectPlaces { $0.function(Concat(axis: 2), rows($0, 0..<3), rows($0, 3..<4)) }
    // Windows that slide over a part make a grid of its own.
    let pooled = try Self.standing { $0.add(MaxPool2d(kernel: (2, 2), stride: (1, 1)), rows($0, 0..<3), as: "pool") }
    guard case .map(let view) = pooled else {
      Issue.record("\(pooled)")
      return
    }
    #expect((view.rows, view.columns) == (2, 5))
  }

  @Test func `Calls what tells no places apart pooled`() throws {
    let pooled = try Self.standing { $0.function(AdaptiveAvgPool2d(), $0.input) }
    guard case .pooled = pooled else {
      Issue.record("\(pooled)")
      return
    }
    // Channels that were moved to the last axes look like columns.
    let moved = try Self.standing(input: Shape(1, 6, 4, 6)) { net in
      net.function(Reshape([1, 1, 2, 3]), net.function(AdaptiveAvgPool2d(), net.input))
    }
    guard case .pooled = moved else {
      Issue.record("\(moved)")
      return
    }
  }

  @Test func `Keeps the places of a residual connection beside a mixture of tokens`() throws {
    let view = try Self.standing { net in
      let flat = net.function(Reshape([0, 2, 24]), net.input)
      let mixed = net.function(Linear(weight: Networks.values(Shape(24, 24), seed: 1)), flat)
      return net.function(Add(), mixed, flat)
    }
    guard case .map(let map) = view else {
      Issue.record("\(view)")
      return
    }
    #expect((map.rows, map.columns, map.channels) == (4, 6, 2))
  }

  @Test func `Follows windows of places that indices name`() throws {
    try Self.expectPlaces(step: 2) { net in
      let rows = net.function(Gather(axis: 2, indices: [0, 1, 2, 3], shape: Shape(2, 2)), net.input)
      let columns = net.function(Gather(axis: 4, indices: Array(0..<6), shape: Shape(3, 2)), rows)
      return net.function(ReduceMax(reduced: ReducedAxes([3, 5], keepsDimensions: false)), columns)
    }
    let larger = try Self.standing { $0.function(Gather(axis: 2, indices: [0, 0, 1, 1, 2, 2, 3, 3]), $0.input) }
    guard case .map(let view) = larger else {
      Issue.record("\(larger)")
      return
    }
    #expect((view.rows, view.columns) == (8, 6))
    // Rows that do not lie evenly are no grid.
    let uneven = try Self.standing { $0.function(Gather(axis: 2, indices: [0, 0, 0, 3, 3, 3]), $0.input) }
    guard case .lost = uneven else {
      Issue.record("\(uneven)")
      return
    }
  }
}
