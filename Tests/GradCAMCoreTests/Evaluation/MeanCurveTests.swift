import ModelFormats
import Testing

@testable import GradCAMCore

/// Mean curves, the best and the worst maps, and outlines of what is marked.
@Suite struct MeanCurveTests {
  private static let key = Leaderboard.Key(method: "gradcam", layer: "a")

  private static func name(_ image: Int) -> [UInt8] { Array("image-\(image).png".utf8) }

  private static func curve(_ values: [Double]) -> MetricCurve {
    MetricCurve(shares: values.indices.map { Double($0) / Double(values.count - 1) }, values: values)
  }

  @Test func `A curve keeps its points where they are even, and its shape where it is cut finer`() {
    let even = Self.curve([0, 0.5, 0.25, 1])
    #expect(even.evened(intervals: 20) == even)
    let uneven = MetricCurve(shares: [0, 0.5, 0.75, 1], values: [0, 1, 1, 0])
    let cut = uneven.evened(intervals: 2)
    #expect(cut.shares == [0, 0.5, 1] && cut.values == [0, 1, 0])
    let long = Self.curve((0...100).map { Double($0 * $0) / 10_000 })
    let short = long.evened(intervals: 20)
    #expect(short.shares.count == 21 && abs(short.values[10] - 0.25) < 1e-12 && abs(short.area - long.area) < 1e-3)
  }

  @Test func `The mean curve is the mean at each point, in any order of images`() throws {
    let curves = (0..<20).map { image in Self.curve((0...5).map { Double(image + $0 * $0) / 50 }) }
    func board(_ order: [Int]) throws -> MeanCurve {
      var board = CurveBoard(seed: 3)
      for image in order { board.add(image: Self.name(image), [(Self.key, ["insertion": curves[image]])]) }
      return try #require(board.curve(Self.key, "insertion"))
    }
    let mean = try board(Array(0..<20))
    #expect(mean.count == 20 && mean.shares == curves[0].shares)
    for (index, point) in mean.points.enumerated() {
      #expect(abs(point.mean - curves.reduce(0) { $0 + $1.values[index] } / 20) < 1e-12)
      let interval = try #require(point.interval)
      #expect(interval.contains(point.mean) && interval.lowerBound < interval.upperBound)
    }
    let other = try board((0..<20).reversed())
    for (left, right) in zip(mean.points, other.points) {
      #expect(abs(left.mean - right.mean) < 1e-12)
      #expect(abs((left.interval?.lowerBound ?? 0) - (right.interval?.lowerBound ?? 1)) < 1e-12)
    }
  }

  @Test func `The area under the mean curve is the mean of the areas`() throws {
    let random = CounterRandom(seed: 1, stream: 4)
    let curves = (0..<9).map { image in Self.curve((0...5).map { Double(random.uniform(image * 10 + $0)) }) }
    var board = CurveBoard(seed: 0)
    for (image, curve) in curves.enumerated() { board.add(image: Self.name(image), [(Self.key, ["deletion": curve])]) }
    let mean = try #require(board.curve(Self.key, "deletion"))
    let area = MetricCurve(shares: mean.shares, values: mean.points.map(\.mean)).area
    #expect(abs(area - curves.reduce(0) { $0 + $1.area } / 9) < 1e-12)
  }

  @Test func `An image of several classes counts once, and what is no curve not at all`() throws {
    var board = CurveBoard(seed: 0)
    board.add(
      image: Self.name(0),
      [(Self.key, ["insertion": Self.curve([0, 1])]), (Self.key, ["insertion": Self.curve([1, 1])])])
    board.add(image: Self.name(1), [(Self.key, ["insertion": Self.curve([.nan, 1])])])
    board.add(image: Self.name(2), [(Self.key, ["insertion": Self.curve(Array(repeating: 1, count: 22))])])
    board.add(image: Self.name(3), [(Self.key, ["insertion": MetricCurve(shares: [0, 1], values: [1])])])
    let mean = try #require(board.curve(Self.key, "insertion"))
    #expect(mean.count == 1 && mean.points.map(\.mean) == [0.5, 1])
    #expect(board.curve(Self.key, "deletion") == nil)
  }

  @Test func `The best and the worst are on one side each, in any order`() {
    func sides(_ values: [Double], most: Int = 3) -> (low: [Double], high: [Double]) {
      var maps = ExtremeMaps<Int>(most: most)
      for (index, value) in values.enumerated() { maps.add(value, name: Self.name(index), index) }
      let sides = maps.sides
      return (sides.low.map(\.value), sides.high.map(\.value))
    }
    let many = (0..<50).map { Double(($0 * 17) % 50) }
    #expect(sides(many).low == [0, 1, 2] && sides(many).high == [49, 48, 47])
    #expect(sides(many.reversed()) == sides(many))
    #expect(sides([3, .nan, 1, 2, 4, 5]).low == [1, 2] && sides([3, .nan, 1, 2, 4, 5]).high == [5, 4, 3])
    #expect(sides([1]).low.isEmpty && sides([1]).high == [1])
    #expect(sides([]).high.isEmpty)
  }

  @Test func `Equal maps are told apart by their names`() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
      var maps = ExtremeMaps<Int>(most: 1)
      for number in order { maps.add(1, name: Self.name(number), number) }
      #expect(maps.sides.low.map(\.content) == [0] && maps.sides.high.map(\.content) == [3])
    }
  }

  @Test func `An outline runs around what is marked, along the picture's edge too`() {
    let rows = ["##..", "##..", "...."]
    let cells = rows.joined().map { $0 == "#" }
    let region = TruthRegion(width: 4, height: 3, cells: cells)
    #expect(
      Set(region.outline) == [
        .init(x: 0, y: 0, toX: 2, toY: 0), .init(x: 0, y: 2, toX: 2, toY: 2), .init(x: 0, y: 0, toX: 0, toY: 2),
        .init(x: 2, y: 0, toX: 2, toY: 2),
      ])
    let halved = region.halved
    #expect(halved.width == 2 && halved.height == 2 && halved.cells == [true, false, false, false])
    #expect(TruthRegion(width: 2, height: 1, cells: [false, false]).outline.isEmpty)
  }
}
