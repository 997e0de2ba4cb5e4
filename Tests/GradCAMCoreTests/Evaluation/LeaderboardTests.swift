import ModelFormats
import Testing

@testable import GradCAMCore

/// Means over images, their intervals, and comparisons of rows.
@Suite struct LeaderboardTests {
  private static let random = CounterRandom(seed: 7, stream: 3)

  private static func weights(_ image: Int, seed: UInt64 = 0) -> BootstrapWeights {
    BootstrapWeights(image: Array("image-\(image).png".utf8), seed: seed)
  }

  private static func mean(_ values: [Double], seed: UInt64 = 0) -> BootstrapMean {
    values.enumerated().reduce(into: BootstrapMean()) { $0.add($1.element, weights($1.offset, seed: seed)) }
  }

  @Test func `Weights are Poisson's of mean 1, and depend on the image and the seed alone`() {
    let counts = (0..<50).flatMap { Self.weights($0).counts.map(Double.init) }
    let mean = counts.reduce(0, +) / Double(counts.count)
    let variance = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(counts.count)
    #expect(abs(mean - 1) < 0.02 && abs(variance - 1) < 0.03)
    #expect(abs(Double(counts.count { $0 == 0 }) / Double(counts.count) - 0.36788) < 0.01)
    #expect(Self.weights(3).counts == Self.weights(3).counts)
    #expect(
      Self.weights(3).counts != Self.weights(4).counts && Self.weights(3).counts != Self.weights(3, seed: 1).counts)
  }

  @Test func `The interval is a plain bootstrap's`() throws {
    let values = (0..<200).map { Double(Self.random.normal($0)) }
    let found = try #require(Self.mean(values).interval)
    let means = (0..<2000).map { resample in
      (0..<200).reduce(0.0) { sum, draw in
        sum + values[Int(Self.random.bits(1_000_000 + resample * 200 + draw) % 200)]
      } / 200
    }.sorted()
    // Of a standard error of 0.07, what 1000 and 2000 resamples leave to chance at either end.
    #expect(abs(found.lowerBound - means[50]) < 0.02 && abs(found.upperBound - means[1949]) < 0.02)
  }

  @Test func `The interval covers the true mean in about 95 of 100 cases`() throws {
    var covered = 0
    for trial in 0..<300 {
      let values = (0..<40).map { Double(Self.random.normal(trial * 40 + $0)) + 0.5 }
      if try #require(Self.mean(values, seed: UInt64(trial)).interval).contains(0.5) { covered += 1 }
    }
    // Of 40 images the percentile interval is a little narrow; three deviations of a binomial's 0.93 of 300.
    #expect((266...297).contains(covered), "\(covered) of 300")
  }

  @Test func `What is no number is counted, and one image has no interval`() {
    let mean = Self.mean([1, .nan, .infinity])
    #expect(mean.mean == 1 && mean.count == 1 && mean.undefined == 2 && mean.interval == nil)
    #expect(BootstrapMean().mean.isNaN && BootstrapMean().interval == nil)
  }

  @Test func `Sums beyond what a number holds have no interval, and different images no common resamples`() {
    let huge = Self.mean([1e308, -1e308, 1e308, 1e308])
    #expect(huge.interval == nil && huge.difference(from: Self.mean([1, 2, 3, 4])).interval == nil)
    let (three, one) = (Self.mean([1, 2, 3]), Self.mean([5]))
    #expect(three.greater(one).mean == 5 && one.greater(three).mean == 5 && three.greater(BootstrapMean()).mean == 2)
    #expect(three.less(one) == nil)
  }

  private typealias Key = Leaderboard.Key
  private static let (first, second) = (Key(method: "a", layer: "l"), Key(method: "b", layer: "l"))

  /// A board of values that exact sums have in any order.
  private static func board(_ images: [Int]) -> Leaderboard {
    var board = Leaderboard(seed: 1)
    for image in images {
      let value = Double(random.bits(image) % 64) / 64
      board.add(
        image: Array("image-\(image).png".utf8),
        [(first, ["insertion": value]), (second, ["insertion": value + (image % 4 == 0 ? 0.25 : 0.125)])])
    }
    return board
  }

  @Test func `Neither order nor shards matter`() throws {
    let (whole, turned) = (Self.board(Array(0..<60)), Self.board((0..<60).reversed()))
    let shards = Self.board((0..<60).filter { $0 % 3 == 1 } + (0..<60).filter { $0 % 3 != 1 })
    for other in [turned, shards] {
      #expect(other.images == 60 && other.rows == whole.rows)
      for key in whole.rows {
        let (old, new) = try (#require(whole.cell(key, "insertion")), #require(other.cell(key, "insertion")))
        #expect(old.value.mean == new.value.mean && old.value.interval == new.value.interval)
        #expect(old.difference.interval == new.difference.interval)
      }
    }
  }

  @Test func `Differences are paired, and rows beat others by their interval`() throws {
    let board = Self.board(Array(0..<60))
    let cells = try (#require(board.cell(Self.first, "insertion")), #require(board.cell(Self.second, "insertion")))
    let difference = cells.1.value.difference(from: cells.0.value)
    let (paired, unpaired) = try (#require(cells.1.difference.interval), #require(cells.1.value.interval))
    #expect(abs(difference.mean - cells.1.difference.mean) < 1e-12)
    let interval = try #require(difference.interval)
    // The same resamples, so that what the two rows share cancels but for rounding.
    #expect(
      abs(interval.lowerBound - paired.lowerBound) < 1e-12 && abs(interval.upperBound - paired.upperBound) < 1e-12)
    #expect(interval.upperBound - interval.lowerBound < (unpaired.upperBound - unpaired.lowerBound) / 3)
    #expect(board.beats([Self.first], Self.second, Insertion()) == true)
    #expect(board.beats([Self.second], Self.first, Insertion()) == false)
    #expect(board.beats([Self.first], Self.first, Insertion()) == false)
    #expect(board.beats([], Self.first, Insertion()) == nil)
    #expect(Self.board([1]).beats([Self.first], Self.second, Insertion()) == nil)
    #expect(board.best(of: board.rows, by: Insertion()) == Self.second)
    #expect(board.best(of: board.rows, by: Deletion()) == nil)
  }
}
