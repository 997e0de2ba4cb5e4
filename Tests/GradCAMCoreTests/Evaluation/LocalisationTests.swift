import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Localisation metrics against scikit-learn's and NumPy's, by `Scripts/make_fixtures localisation`, and where they are not defined.
@Suite struct LocalisationTests {
  private static let maps = ["smooth", "coarse", "signed", "negative", "near", "ones", "zeros"]
  private static let metrics = ["pointing", "tolerant", "hit", "energy", "iou", "rank", "auroc", "ap"]

  /// By the fixture's names, and the overlaps by threshold.
  private static func measure(
    _ map: Heatmap, in region: TruthRegion, tolerance: Double = 15
  ) -> (metrics: [Float], thresholds: [Float]) {
    let mask = Normalization.max.scale(map.positivePart()).values
    let order = map.values.indices.sorted { map.values[$0] > map.values[$1] }
    let ranks = TruthRanks(map.values, order: order, region)
    let values = [
      PointingGame.value(of: map.values, in: region, tolerance: 0),
      PointingGame.value(of: map.values, in: region, tolerance: tolerance),
      PointingGame.value(of: map.values, in: region, tolerance: 0), EnergyInside.value(of: mask, in: region),
      IntersectionOverUnion.value(of: mask, in: region), RankAccuracy.value(ranks), PixelAUROC.value(ranks),
      PixelAveragePrecision.value(ranks),
    ]
    return (values.map(Float.init), BestIntersectionOverUnion.values(of: mask, in: region).map(Float.init))
  }

  private static func region() throws -> TruthRegion {
    let fixture = try Fixture("localisation/metrics")
    let cells = try fixture.tensor("region")
    let pitch = try fixture.tensor("pitch").logical().map(Double.init)
    let sides = cells.shape.dimensions.suffix(2)
    return TruthRegion(
      width: sides.last ?? 0, height: sides.first ?? 0, cells: cells.logical().map { $0 != 0 },
      pitch: (pitch[0], pitch[1]))
  }

  @Test(arguments: maps) func `Metrics beside scikit-learn's and NumPy's`(_ name: String) throws {
    let (fixture, region) = (try Fixture("localisation/metrics"), try Self.region())
    let values = try fixture.tensor("\(name).map").logical()
    let map = Heatmap(width: region.width, height: region.height) { values[$0] }
    let found = Self.measure(map, in: region)
    let expected = try fixture.tensor("\(name).metrics").logical()
    #expect(expected.count == Self.metrics.count)
    for (index, metric) in Self.metrics.enumerated() {
      expectClose([found.metrics[index]], [expected[index]], tolerance: 1e-5, "\(name) \(metric)")
    }
    expectClose(
      found.thresholds, try fixture.tensor("\(name).thresholds").logical(), tolerance: 1e-5, "\(name) thresholds")
  }

  @Test func `A finding that is everything leaves no pixel to be told from`() {
    let region = TruthRegion(width: 3, height: 2, cells: Array(repeating: true, count: 6))
    let found = Self.measure(Heatmap(width: 3, height: 2) { Float($0) }, in: region).metrics
    expectClose(found, [1, 1, 1, 1, 3 / 6, 1, .nan, 1], "everything")
  }

  @Test func `A finding that the crop left out is not defined, nor is a map that holds no number`() throws {
    let network = try MethodModel("cifar")
    var options = Evaluator.Options()
    options.maps.targets = [.index(network.target)]
    (options.metrics, options.baselines) = (Metrics.localisation, [NaNMap(), UniformMap()])
    let (height, width) = (network.input.shape.h, network.input.shape.w)
    let crop = Image(width: width, height: height, filledWith: [0, 0, 0])
    let prepared = PreprocessedImage(crop: crop, tensor: network.input, geometry: .whole(of: crop))
    func values(_ box: TruthBox?) throws -> [[String: Double]] {
      let truth = box.map { ImageTruth([.init(.boxes([$0]))]) }
      return try Evaluator(network.model, options).evaluate(prepared, of: crop, truth: truth).maps.map(\.values)
    }
    #expect(try values(nil).allSatisfy(\.isEmpty))
    let outside = try values(TruthBox(x: Double(width) + 1, y: 0, width: 4, height: 4))
    #expect(outside.allSatisfy { $0.count == Metrics.localisation.count && $0.values.allSatisfy(\.isNaN) })
    let inside = try values(TruthBox(x: 0, y: 0, width: Double(width) / 2, height: Double(height)))
    #expect(inside.count == 3 && inside[1].values.allSatisfy(\.isNaN))
    // A map of one value does what chance does: half of everything.
    for metric in ["pointing", "hit", "energy", "iou", "rank", "auroc", "ap", "iou-best@0.5"] {
      #expect(abs((inside[2][metric] ?? .nan) - 0.5) < 1e-6, "\(metric)")
    }
  }

  @Test func `Runs go down the columns and fill their image`() throws {
    // One pixel beside it, three in it, two beside it.
    let runs = try TruthRuns(width: 2, height: 3, compressed: "132")
    let cells = (0..<3).map { y in (0..<2).map { x in runs.contains(x: Double(x) + 0.5, y: Double(y) + 0.5) } }
    #expect(cells == [[false, true], [true, false], [true, false]])
    #expect(!runs.isEmpty)
    for text in ["", "1", "13", "133", "1P", "o", "oooooooooooooooo", "\u{7f}", "é"] {
      #expect(throws: InputError.self, "\(text)") { try TruthRuns(width: 2, height: 3, compressed: text) }
    }
    for size in [(0, 3), (-1, 3), (Int.max, 2), (1 << 20, 1 << 20)] {
      #expect(throws: InputError.self) { try TruthRuns(width: size.0, height: size.1, counts: []) }
    }
  }

  @Test func `One threshold serves all images`() throws {
    var board = Leaderboard(seed: 1)
    let key = Leaderboard.Key(method: "m", layer: "l")
    // Each image's own best would give 0.8.
    for (image, values) in [[0.8, 0.2, 0.6], [0.1, 0.8, 0.5], [Double.nan, .nan, .nan]].enumerated() {
      var found = ["iou-best": values.max() ?? .nan]
      if values[0].isNaN { found["iou-best"] = .nan }
      for (place, value) in values.enumerated() { found["iou-best@\(place)"] = value }
      board.add(image: Array("\(image)".utf8), [(key, found)])
    }
    let cell = try #require(board.cell(key, "iou-best"))
    #expect(abs(cell.value.mean - 0.55) < 1e-12 && cell.value.count == 2 && cell.value.undefined == 1)
    #expect(board.bestCandidate(key, "iou-best") == "2")
    let interval = try #require(cell.value.interval)
    #expect(interval.contains(0.55) && interval.upperBound < 0.8 + 1e-9)
  }
}

/// A map that holds no number.
private struct NaNMap: CAMMethod {
  let name = "nan"
  let paper = "none"
  let needs: MethodNeeds = .input

  func explain(_ evidence: Evidence) -> Finding {
    Finding(Heatmap(width: evidence.input.shape.w, height: evidence.input.shape.h) { _ in .nan })
  }
}
