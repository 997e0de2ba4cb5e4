import Foundation
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Metrics of faithfulness against PyTorch's and NumPy's in double precision, by `Scripts/make_fixtures metrics`.
@Suite struct FaithfulnessFixtureTests {
  private static func expected(_ name: String) throws -> [String: Double] {
    let file = try FileBytes(path: Fixture.folder.appending(FilePath("metrics/faithfulness.json")))
    return try #require(try JSONDecoder().decode([String: [String: Double]].self, from: Data(file.bytes))[name])
  }

  /// What the metrics say of Grad-CAM's map of a network with made-up weights.
  private static func small(
    _ metrics: [any Metric], _ replacement: MetricSettings.Replacement = .mean, threads: Int = 2
  ) throws -> [String: Double] {
    let network = try MethodModel("cifar")
    var options = Evaluator.Options()
    (options.metrics, options.baselines) = (metrics, [])
    (options.maps.layers, options.maps.targets) = (["layer3"], [.index(network.target)])
    (options.settings.seed, options.settings.replacement) = (7, replacement)
    let crop = Image(width: network.input.shape.w, height: network.input.shape.h, filledWith: [0, 0, 0])
    let prepared = PreprocessedImage(crop: crop, tensor: network.input, geometry: .whole(of: crop))
    let evaluator = try Evaluator(network.model, options, threads: threads)
    return try #require(try evaluator.evaluate(prepared, of: crop).maps.first).values
  }

  private static func demo(
    _ metrics: [any Metric], _ replacement: MetricSettings.Replacement = .mean, baselines: [any CAMMethod] = []
  ) throws -> [MapEvaluation] {
    let model = try Model.load(Fixture.repository.appending(FilePath("models/demo-xray.bin")))
    let file = try FileBytes(path: Fixture.repository.appending(FilePath("models/images/opacity-01.jpg")))
    var options = Evaluator.Options()
    (options.metrics, options.baselines, options.maps.targets) = (metrics, baselines, [.index(1)])
    (options.settings.seed, options.settings.replacement) = (7, replacement)
    return try Evaluator(model, options, threads: 2).evaluate(try ImageDecoder.decode(file)).maps
  }

  /// Within 1e-4, and of what is small within 1e-4 of it.
  private static func compare(
    _ found: [String: Double], _ expected: [String: Double], _ replacement: MetricSettings.Replacement
  ) throws {
    for (name, value) in found {
      let wanted = try #require(expected[name] ?? expected["\(name).\(replacement.rawValue)"])
      let bound = 1e-4 * (name == "infidelity" ? abs(wanted) : 1)
      #expect(abs(value - wanted) <= bound, "\(name): \(value), not \(wanted)")
    }
  }

  @Test(arguments: MetricSettings.Replacement.allCases)
  func `A network of made-up weights`(_ replacement: MetricSettings.Replacement) throws {
    let found = try Self.small(Metrics.faithfulness, replacement)
    #expect(found.count == Metrics.faithfulness.count)
    try Self.compare(found, try Self.expected("cifar"), replacement)
  }

  @Test(arguments: [MetricSettings.Replacement.mean, .blur])
  func `The demo model`(_ replacement: MetricSettings.Replacement) throws {
    // Holes of this size take long where code is not optimised: see `Scripts/compare_metrics.py`.
    let metrics = Metrics.faithfulness.filter { !$0.name.hasPrefix("road") && $0.name != "arcc" }
    let found = try #require(try Self.demo(metrics, replacement).first).values
    try Self.compare(found, try Self.expected("demo-xray"), replacement)
  }

  @Test func `ROAD of the demo model`() throws {
    let found = try #require(try Self.demo([ROADCombined(), ARCC()]).first).values
    try Self.compare(found, try Self.expected("demo-xray"), .mean)
  }

  @Test func `Any number of threads gives the same bytes, alone or with others`() throws {
    let all = try Self.small(Metrics.faithfulness, threads: 1)
    #expect(try Self.small(Metrics.faithfulness, threads: 3) == all)
    let alone = try Self.small([ROADCombined()], threads: 2)
    #expect(alone["road"] == all["road"])
  }

  @Test func `A map of one value has no sensitivity to compare`() throws {
    let maps = try Self.demo([SensitivityN(), Infidelity()], baselines: [UniformMap()])
    let uniform = try #require(maps.first { $0.map.method.name == "uniform" }).values
    #expect(try #require(uniform["sensitivity-n"]).isNaN && #require(uniform["infidelity"]) >= 0)
  }

  @Test func `What metrics cost is what they take`() throws {
    let settings = MetricSettings()
    let passes = Metrics.faithfulness.map { $0.passes(settings) }
    #expect(passes == [5, 5, 1, 1, 1, 0, 0, 1, 4, 4, 8, 8, 64, 64])
    #expect(!Metrics.usual.contains { $0.passes(settings) > 5 })
  }
}
