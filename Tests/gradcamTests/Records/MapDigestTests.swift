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
}
