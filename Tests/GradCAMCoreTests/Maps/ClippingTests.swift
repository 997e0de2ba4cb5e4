import Testing

@testable import GradCAMCore

@Suite struct ClippingTests {
  /// NumPy's percentiles of the magnitudes 0, 0, 0, 1, 2, 3, 4, 10.
  @Test(arguments: [(0, 0), (50, 1.5), (75, 3.25), (99, 9.58), (100, 10)] as [(Double, Float)])
  func `Percentiles of magnitudes are NumPy's`(percent: Double, expected: Float) {
    let map = Heatmap(width: 4, height: 2, values: [-4, 0, .nan, 10, .infinity, -1, 2, -3])
    #expect(abs(map.magnitude(atPercentile: percent) - expected) < 1e-6)
  }

  @Test func `Both signs are clipped alike`() {
    let map = Heatmap(width: 5, height: 1, values: [-4, -1, 0, 0.5, 10])
    #expect(map.clipped(to: 1).values == [-1, -1, 0, 0.5, 1])
  }

  @Test func `Gradients at the input have outliers, and maps of layers have none`() {
    #expect(
      CAMMethods.all.filter(\.hasOutliers).map(\.name).sorted() == [
        "deconvnet", "guidedbackprop", "guidedgradcam", "inputxgradient", "integratedgradients", "saliency",
        "smoothgrad", "vargrad",
      ])
  }

  @Test func `A picture with a full scale is that of the clipped map, and its regions are the map's`() throws {
    var values = [Float](repeating: 0.1, count: 64)
    (values[10], values[20]) = (1, 0.3)
    let map = Heatmap(width: 8, height: 8, values: values)
    let image = Image(width: 32, height: 32, filledWith: [90])
    var clipped = OverlayStyle.reference
    clipped.fullScale = 0.2
    let scaled = Heatmap(width: 8, height: 8, values: map.clipped(to: 0.2).values.map { $0 / 0.2 })
    #expect(Overlay.draw(map, over: image, style: clipped) == Overlay.draw(scaled, over: image))
    #expect(HeatmapPicture.draw(map, style: clipped) != HeatmapPicture.draw(map, style: .reference))

    let marks = RegionMarks(threshold: 0.5, drawsBoxes: true, drawsContours: false)
    var plain = OverlayStyle.reference
    (plain.marks, clipped.marks) = (marks, marks)
    let found = [plain, clipped].map { Overlay.regions(map, at: .whole(of: image), style: $0) }
    #expect(
      found[0].count == 1 && found[0].map(\.x) == found[1].map(\.x) && found[0].map(\.area) == found[1].map(\.area))
  }

  @Test(
    arguments: [
      (1, false, ["0", "0.5", "1"]), (1, true, ["-1", "0", "1"]), (0.347, false, ["0", "0.17", "0.35"]),
      (0.0123, true, ["-0.012", "0", "0.012"]),
    ] as [(Float, Bool, [String])])
  func `The colour bar tells the values`(fullScale: Float, isSigned: Bool, expected: [String]) {
    var style = OverlayStyle.reference
    (style.fullScale, style.isSigned) = (fullScale, isSigned)
    #expect(ColorBar.labels(style) == expected)
  }
}
