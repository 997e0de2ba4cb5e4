import Testing

@testable import GradCAMCore

/// Maps and regions on the grid of the whole image.
@Suite struct PlacingTests {
  private let map = Heatmap(width: 2, height: 2, values: [1, 0.5, 0.25, -0.75])

  @Test func `Where the model saw nothing is 0, and elsewhere the enlarged map`() {
    let geometry = CropGeometry(imageWidth: 20, imageHeight: 10, x: 5, y: 0, width: 10, height: 10)
    let whole = map.onImage(at: geometry)
    #expect((whole.width, whole.height) == (20, 10))
    let crop = map.resized(width: 10, height: 10)
    for y in 0..<10 {
      let row = Array(whole.values[y * 20..<(y + 1) * 20])
      #expect(row[..<5].allSatisfy { $0 == 0 } && row[15...].allSatisfy { $0 == 0 })
      #expect(Array(row[5..<15]) == Array(crop.values[y * 10..<(y + 1) * 10]))
    }
  }

  @Test func `A padded, squashed crop's map is cut at the image's edge`() {
    let geometry = CropGeometry(imageWidth: 4, imageHeight: 3, x: -4, y: -1.4, width: 12, height: 6)
    let whole = map.onImage(at: geometry, interpolation: .nearest)
    // Columns −4 to 8 and rows −1 to 5: the cells' border lies at column 2 and row 2.
    #expect(whole.values == [1, 1, 0.5, 0.5, 1, 1, 0.5, 0.5, 0.25, 0.25, -0.75, -0.75])
    let beside = CropGeometry(imageWidth: 2, imageHeight: 1, x: 9, y: 0, width: 4, height: 4)
    #expect(map.onImage(at: beside).values == [0, 0])
  }

  @Test func `Regions are in the whole image's pixels`() {
    var style = OverlayStyle(.jet, 0.4, 2, .nearest)
    let geometry = CropGeometry(imageWidth: 400, imageHeight: 100, x: 100, y: -50, width: 200, height: 200)
    #expect(Overlay.regions(map, at: geometry, style: style).isEmpty)
    style.marks = RegionMarks(threshold: 0.5, drawsBoxes: true, drawsContours: true)
    let regions = Overlay.regions(map, at: geometry, style: style)
    #expect(regions.count == 1 && regions[0].peak == 1 && regions[0].area == 200 * 50)
    #expect([regions[0].x, regions[0].y, regions[0].width, regions[0].height] == [100, 0, 200, 50])
    #expect(regions[0].contours.map { $0.map { [$0.x, $0.y] } } == [[[100, 0], [300, 0], [300, 50], [100, 50]]])
  }
}
