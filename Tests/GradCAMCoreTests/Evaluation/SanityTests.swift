import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Sanity checks against PyTorch, SciPy and scikit-image in double precision (`Scripts/make_fixtures sanity`), and of the checks themselves.
@Suite struct SanityTests {
  /// By method, what all metrics of sanity say.
  private static func evaluate(
    _ network: MethodModel, _ methods: [String], layers: [String] = [], _ metrics: [any Metric] = Metrics.sanity,
    threads: Int = 1
  ) throws -> [String: [String: Double]] {
    var options = Evaluator.Options()
    options.maps.methods = try methods.map(CAMMethods.named)
    (options.maps.layers, options.maps.targets) = (layers, [.index(network.target)])
    (options.metrics, options.settings.seed, options.maps.settings.seed) = (metrics, 7, 7)
    let crop = Image(width: network.input.shape.w, height: network.input.shape.h, filledWith: [0, 0, 0])
    let prepared = PreprocessedImage(crop: crop, tensor: network.input, geometry: .whole(of: crop))
    let maps = try Evaluator(network.model, options, threads: threads).evaluate(prepared, of: crop).maps
    return Dictionary(maps.map { ($0.map.method.name, $0.values) }) { first, _ in first }
  }

  @Test func `Metrics beside PyTorch's, SciPy's and scikit-image's`() throws {
    let (fixture, network) = (try Fixture("sanity/metrics"), try MethodModel("cifar"))
    let methods = ["gradcam", "layercam", "inputxgradient"]
    let found = try Self.evaluate(network, methods)
    for name in methods + ["edges"] {
      let expected = try fixture.tensor(name).logical()
      let values = Metrics.sanity.map { Float(found[name]?[$0.name] ?? -9) }
      // Of numbers from −1 to 1.
      expectClose(values, expected, tolerance: 1e-4, "\(name): \(Metrics.sanity.map(\.name))")
    }
    let threaded = try Self.evaluate(network, methods, threads: 2)
    for (name, values) in found {
      for (metric, value) in values {
        #expect(threaded[name]?[metric]?.bitPattern == value.bitPattern || value.isNaN, "\(name) \(metric)")
      }
    }
    // What is the same everywhere has no ranks; what no model has a part in stays what it is.
    #expect(found["uniform"]?["randomization"]?.isNaN ?? false)
    for name in ["random", "centre", "edges"] {
      #expect(found[name]?["randomization"] == 1 && found[name]?["target-randomization"] == 1)
    }
  }

  @Test func `One method agrees with nobody, and maps that know no class are the same for all`() throws {
    let found = try Self.evaluate(
      try MethodModel("cifar"), ["eigencam"], [Agreement(), TargetRandomization(), Randomization()])
    #expect(found["eigencam"]?["agreement"]?.isNaN ?? false)
    #expect(found["eigencam"]?["target-randomization"] == 1)
    #expect(found["eigencam"]?["randomization"] ?? 1 < 1)
  }

  /// Whether a map depends on the model at all: the checks of the check.
  @Test func `A map that is the model's own mask passes, and edges fail`() throws {
    let (side, places) = (6, 36)
    let mask = (0..<places).map { place in
      let (x, y) = (Float(place % side) - 1.5, Float(place / side) - 3.5)
      return 1 / (1 + x * x + y * y)
    }
    let identity: [Float] = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    let head = (0..<3 * places).flatMap { (index: Int) -> [Float] in
      [mask[places - 1 - index % places], 0.1, mask[index % places], 0.3]
    }
    let graph = Wire.graph(
      SmallNetwork.nodes("Conv x,w -> c; Flatten c -> q; MatMul q,m -> y"), inputs: [.value("x", [1, 3, side, side])],
      outputs: [.value("y", [1, 4])],
      initializers: [
        SmallNetwork.floats("w", [3, 3, 1, 1], identity), SmallNetwork.floats("m", [3 * places, 4], head),
      ])
    var overrides = Model.Overrides()
    (overrides.preprocessing, overrides.layer) = ("unit", "c")
    let model = try Model.load(FileBytes(copying: Wire.model(graph).bytes), overrides)
    var random = SeededRandom(seed: 5)
    let input = Tensor(random.uniform(3 * places).map { 1 + 0.2 * $0 }, Shape(1, 3, side, side))
    let network = MethodModel(model, input: input, target: 2)
    let methods = ["hirescam", "inputxgradient"]
    for map in try network.explain(methods) {
      let likeness = rankCorrelation(map.cam.values, mask)
      #expect(likeness > 0.9, "\(map.method.name) \(likeness)")
    }
    let found = try Self.evaluate(network, methods)
    var board = Leaderboard(seed: 0)
    let key = { (name: String) in Leaderboard.Key(method: name, layer: "c") }
    for image in 0..<6 { board.add(image: [UInt8(image)], found.map { (key($0.key), $0.value) }) }
    let check = Randomization()
    for name in methods {
      #expect(abs(found[name]?["randomization"] ?? 1) < 0.35, "\(found)")
      #expect(found[name]?["randomization-ssim"] ?? 1 < 0.5)
      #expect(
        board.passes(key(name), check) == true && board.beats([key("edges"), key("random")], key(name), check) == true)
    }
    #expect(found["edges"]?["randomization"] == 1 && found["edges"]?["randomization-ssim"] == 1)
    #expect(board.passes(key("edges"), check) == false && board.passes(key("uniform"), check) == nil)
    #expect(board.passes(key("edges"), Agreement()) == nil)
    #expect(board.beats([key("edges")], key("hirescam"), NoiseStability()) == nil)
  }

  @Test func `Pictures move, and maps move back`() {
    let picture = Tensor((0..<2 * 64).map(Float.init), Shape(1, 2, 8, 8))
    #expect(ImageShift.all(of: Shape(1, 1, 7, 40)).isEmpty && ImageShift.all(of: Shape(1, 1, 16, 90)).count == 4)
    for shift in ImageShift.all(of: picture.shape) {
      let moved = shift.moved(picture)
      for channel in 0..<2 {
        let whole = Heatmap(width: 8, height: 8, values: picture.plane(channel))
        let seen = shift.common(whole, Heatmap(width: 8, height: 8, values: moved.plane(channel)))
        #expect(seen.map == seen.moved && seen.map.width * seen.map.height == 56)
      }
    }
  }
}
