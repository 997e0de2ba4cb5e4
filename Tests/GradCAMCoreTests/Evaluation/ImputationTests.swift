import Foundation
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Filled holes against a direct solver in double precision, by `Scripts/make_fixtures metrics`.
@Suite struct ImputationTests {
  /// What is missing of a picture, and its size.
  private static let holes: [String: (width: Int, height: Int, isMissing: @Sendable (Int, Int) -> Bool)] = [
    "large": (48, 61, { x, y in (x - 20) * (x - 20) + (y - 28) * (y - 28) < 19 * 19 }),
    "edge": (48, 61, { x, y in x < 30 && y > 8 }),
    "random": (48, 61, { x, y in CounterRandom(seed: 7, stream: 1).uniform(y * 48 + x) < 0.8 }),
    "row": (33, 1, { x, _ in CounterRandom(seed: 7, stream: 2).uniform(x) < 0.7 }),
  ]

  /// Values of some 25 of the missing pixels, H W C.
  private struct Case: Decodable {
    let hole: String
    let channels: Int
    let values: [Float]
  }

  private static func picture(_ count: Int) -> [Float] {
    (0..<count).map { 100 + CounterRandom(seed: 7, stream: 3).normal($0) }
  }

  @Test func `Holes are filled as by a direct solver`() throws {
    let file = try FileBytes(path: Fixture.folder.appending(FilePath("metrics/holes.json")))
    let cases = try JSONDecoder().decode([Case].self, from: Data(file.bytes))
    #expect(cases.count == 5)
    for one in cases {
      let hole = try #require(Self.holes[one.hole])
      let isMissing = (0..<hole.width * hole.height).map { hole.isMissing($0 % hole.width, $0 / hole.width) }
      let picture = Self.picture(isMissing.count * one.channels)
      var filled = picture
      LinearImputation(width: hole.width, height: hole.height, isMissing: isMissing)
        .fill(&filled, channels: one.channels)
      let missing = isMissing.indices.filter { isMissing[$0] }
      let found = stride(from: 0, to: missing.count, by: max(1, missing.count / 25)).flatMap { place in
        (0..<one.channels).map { filled[missing[place] * one.channels + $0] }
      }
      // Values lie within 4 of 100: 1e-5 of their range.
      expectClose(found.map { $0 - 100 }, one.values.map { $0 - 100 }, tolerance: 2e-5, "\(one.hole) \(one.channels)")
      for pixel in isMissing.indices where !isMissing[pixel] {
        for i in pixel * one.channels..<(pixel + 1) * one.channels where filled[i] != picture[i] {
          Issue.record("a pixel that is known was changed: \(pixel)")
        }
      }
    }
  }

  @Test func `Odd pictures end too`() {
    var none: [Float] = [1, 2, 3]
    LinearImputation(width: 3, height: 1, isMissing: [false, false, false]).fill(&none, channels: 1)
    #expect(none == [1, 2, 3])
    var uniform: [Float] = [5, 0, 0, 0]
    LinearImputation(width: 2, height: 2, isMissing: [false, true, true, true]).fill(&uniform, channels: 1)
    #expect(uniform == [5, 5, 5, 5])
    var broken: [Float] = [.nan, 0, 1]
    LinearImputation(width: 3, height: 1, isMissing: [false, true, false]).fill(&broken, channels: 1)
    #expect(broken[0].isNaN && broken[2] == 1)
  }
}
