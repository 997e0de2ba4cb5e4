/// What is drawn around the regions of a map above a threshold.
public struct RegionMarks: Sendable, Hashable {
  /// In units of the drawn map.
  public var threshold: Float
  /// Whether regions get a box, and an outline.
  public var drawsBoxes, drawsContours: Bool

  /// Marks around the regions of values from `threshold` on.
  public init(threshold: Float, drawsBoxes: Bool, drawsContours: Bool) {
    (self.threshold, self.drawsBoxes, self.drawsContours) = (threshold, drawsBoxes, drawsContours)
  }
}

extension Image {
  /// Draws boxes and contours in white with a black rim, so that they are seen on any colour.
  mutating func draw(_ marks: RegionMarks, around regions: [MapRegion]) {
    let thickness = max(min(width, height) / 256, 1)
    for region in regions {
      if marks.drawsContours { region.contours.forEach { draw($0, thickness) } }
      if marks.drawsBoxes {
        let (right, bottom) = (region.x + region.width, region.y + region.height)
        draw(
          [(region.x, region.y), (right, region.y), (right, bottom), (region.x, bottom)].map {
            MapRegion.Corner(x: $0.0, y: $0.1)
          }, thickness)
      }
    }
  }

  /// Draws a closed line of level and upright pieces.
  private mutating func draw(_ corners: [MapRegion.Corner], _ thickness: Int) {
    for (rim, level) in [(thickness, UInt8(0)), (0, 255)] {
      for (index, from) in corners.enumerated() {
        let to = corners[(index + 1) % corners.count]
        let (left, top) = (min(from.x, to.x), min(from.y, to.y))
        fill(
          x: left - rim - (thickness + 1) / 2, y: top - rim - (thickness + 1) / 2,
          width: abs(to.x - from.x) + thickness + 2 * rim, height: abs(to.y - from.y) + thickness + 2 * rim,
          with: [level, level, level])
      }
    }
  }
}
