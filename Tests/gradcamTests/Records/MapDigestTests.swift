import Foundation
import GradCAMCore
import Testing

@testable import gradcam

@Suite struct MapDigestTests {
  @Test func `A small map is kept whole`() {
    let map = Heatmap(width: 3, height: 2, values: [0, -0.5, 1, 0.25, .pi, 1e-30])
    let digest = MapDigest(map)
    #expect(digest.gridShape == [2, 3] && digest.values == map.values)
    var other = map
    other.values[4].round()
    #expect(MapDigest(other).sha256 != digest.sha256)
  }

  @Test func `A large map is kept as means of its cells`() throws {
    let map = Heatmap(
      width: 40, height: 17, values: (0..<680).map { Float($0 % 40) + 100 * Float($0 / 40) })
    let digest = MapDigest(map)
    #expect(digest.gridShape == [16, 16])
    let values = try #require(digest.values)
    // Columns 0 and 1 of row 0; columns 2 to 4; the last cell has rows 15 and 16 and columns 37 to 39.
    #expect(values[0] == 0.5 && values[1] == 3 && values[255] == 38 + 1550)
  }

  private static let shapes = ["[4611686018427387904,4]", "[-1,-1]", "[0,0]", "[1,1,1]", "[2,1]", "[17,1]", "[]"]

  @Test(arguments: shapes) func `A shape that no digest has gives no numbers`(_ shape: String) throws {
    let json = #"{"sha256":"","grid":"AACAPw==","grid_shape":\#(shape)}"#
    #expect(try JSONDecoder().decode(MapDigest.self, from: Data(json.utf8)).values == nil)
  }

  @Test func `NaN and infinity agree with nothing, whatever stands beside them`() throws {
    func digest(_ values: [Float]) throws -> MapDigest {
      let map = MapDigest(Heatmap(width: values.count, height: 1, values: values))
      let json = #"{"sha256":"0","grid":"\#(map.grid)","grid_shape":[1,\#(values.count)]}"#
      return try JSONDecoder().decode(MapDigest.self, from: Data(json.utf8))
    }
    let map = Heatmap(width: 2, height: 1, values: [0.5, 1])
    #expect(RecordVerifier.compare(map, try digest([0.5, 1]), isSameKind: false).0 == .agrees)
    for values: [Float] in [[.nan, 1], [0.5, .nan], [.nan, .nan], [.infinity, 1], [0.5, -.infinity]] {
      #expect(RecordVerifier.compare(map, try digest(values), isSameKind: false).0 == .differs)
      let odd = Heatmap(width: 2, height: 1, values: values)
      #expect(RecordVerifier.compare(odd, try digest([0.5, 1]), isSameKind: false).0 == .differs)
      #expect(RecordVerifier.compare(odd, try digest(values), isSameKind: false).0 == .differs)
      #expect(RecordVerifier.compare(odd, MapDigest(odd), isSameKind: true).0 == .same)
    }
  }
}
