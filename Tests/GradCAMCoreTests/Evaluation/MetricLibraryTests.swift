import Foundation
import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Metrics as libraries define them against the libraries' own numbers, by `Scripts/make_fixtures libraries`.
@Suite struct MetricLibraryTests {
  /// What the libraries measured of Grad-CAM's map of the small CIFAR network.
  private struct Measured: Decodable {
    let layer: String
    let target: Int
    /// x, y, width, height.
    let boxes: [[Double]]
    let libraries: [String: [String: Double]]
    let sparse: Sparse

    /// What pytorch-grad-cam measured of a map with more than a tenth of zeros.
    struct Sparse: Decodable {
      let target: Int
      let measured: [String: Double]
    }

    init() throws {
      let path = Fixture.folder.appending(FilePath("libraries/metrics.json"))
      let bytes = try FileBytes(path: path)
      self = try JSONDecoder().decode(Measured.self, from: Data(bytes.bytes))
    }
  }

  private static func values(
    _ library: MetricLibrary, _ metrics: [any Metric], of target: Int? = nil
  ) throws -> [String: Double] {
    let (network, measured) = (try MethodModel("cifar"), try Measured())
    var options = Evaluator.Options()
    (options.maps.targets, options.maps.layers) = ([.index(target ?? measured.target)], [measured.layer])
    options.maps.settings.compat = library.maps
    (options.metrics, options.baselines) = (metrics, [])
    let crop = Image(width: network.input.shape.w, height: network.input.shape.h, filledWith: [0, 0, 0])
    let prepared = PreprocessedImage(crop: crop, tensor: network.input, geometry: .whole(of: crop))
    let boxes = measured.boxes.map { TruthBox(x: $0[0], y: $0[1], width: $0[2], height: $0[3]) }
    let truth = ImageTruth([.init(.boxes(boxes))])
    return try Evaluator(network.model, options).evaluate(prepared, of: crop, truth: truth).maps[0].values
  }

  @Test(arguments: MetricLibrary.allCases) func `A library's metrics have its numbers`(_ library: MetricLibrary) throws
  {
    let expected = try #require(try Measured().libraries[library.rawValue])
    let found = try Self.values(library, library.metrics)
    // The small image has fewer pixels than count.
    #expect(Set(found.keys) == Set(expected.keys).union(library == .quantus ? ["top-k"] : []))
    for (name, value) in expected {
      // A sum over steps grows with them.
      let unit = library == .quantus && name == "deletion" ? 60.0 : 1
      let difference = abs((found[name] ?? .nan) - value)
      #expect(difference <= 1e-4 * unit, "\(library.rawValue) \(name): \(found[name] ?? .nan), not \(value)")
    }
    if library == .quantus { #expect(try #require(found["top-k"]).isNaN) }
  }

  @Test func `pytorch-grad-cam's ROAD of a map with many zeros takes all pixels away`() throws {
    let sparse = try Measured().sparse
    let metrics: [any Metric] = [
      PytorchGradCAMRoadCombined(), PytorchGradCAMRoadLeastFirst(), PytorchGradCAMRoadMostFirst(),
    ]
    let found = try Self.values(.pytorchGradCAM, metrics, of: sparse.target)
    #expect(Set(sparse.measured.keys) == Set(metrics.map(\.name)))
    for (name, value) in sparse.measured {
      #expect(abs((found[name] ?? .nan) - value) <= 1e-4, "\(name): \(found[name] ?? .nan), not \(value)")
    }
  }

  @Test(arguments: MetricLibrary.allCases) func `Definitions depart from the papers`(_ library: MetricLibrary) throws {
    let own = try Self.values(library, library.metrics)
    let papers = try Self.values(library, Metrics.all)
    let shared = own.keys.filter { papers[$0] != nil }
    #expect(shared.contains { abs((own[$0] ?? 0) - (papers[$0] ?? 0)) > 1e-3 }, "\(own) \(papers)")
  }

  @Test func `Names are looked up by library`() throws {
    #expect(try Metrics.named("drop", compat: .torchCAM).map(\.paper) == ["torch-cam 0.5, ClassificationMetric"])
    #expect(try Metrics.named("drop", compat: nil).map(\.paper) == [AverageDrop().paper])
    #expect(try Metrics.named("gain", compat: .torchCAM).map(\.paper) == [AverageGain().paper])
    #expect(try Metrics.named("sparseness", compat: .quantus).count == 1)
    let all = Metrics.all(of: .quantus).map(\.name)
    #expect(
      all.prefix(Metrics.all.count) == Metrics.all.map(\.name)[...] && all.suffix(3) == ["sparseness", "mass", "top-k"])
    #expect(Set(all).count == all.count)
    for library in [nil, MetricLibrary.captum] {
      let error = #expect(throws: InputError.self) { try Metrics.named("sparseness", compat: library) }
      #expect(error.map { "\($0)" }?.contains("--compat quantus") == true)
    }
    #expect(throws: InputError.self) { try Metrics.named("sparse", compat: .quantus) }
    for library in MetricLibrary.allCases {
      #expect(Set(library.metrics.map(\.name)).count == library.metrics.count, "\(library)")
      for metric in library.metrics where Metrics.all.contains(where: { $0.name == metric.name }) {
        #expect(Metrics.all.first { $0.name == metric.name }?.isBetterHigh == metric.isBetterHigh, "\(metric.name)")
      }
    }
  }

  @Test func `Edges of boxes, findings that the crop left out, and ties`() {
    let values: [Float] = [0, 1, 1, 0, 0, 0]
    func region(_ cells: [Int], _ boxes: [TruthBox] = []) -> TruthRegion {
      TruthRegion(width: 3, height: 2, cells: (0..<6).map { cells.contains($0) }, boxes: boxes)
    }
    let box = TruthBox(x: 0, y: 0, width: 1, height: 1)
    #expect(OpenVINOPointingGame.value(of: values, in: region([0], [box])) == 1)
    #expect(OpenVINOPointingGame.value(of: values, in: region([0])) == 0)
    #expect(QuantusPointingGame.value(of: values, in: region([0])) == 0)
    #expect(QuantusPointingGame.value(of: values, in: region([2, 5])) == 1)
    #expect(QuantusPointingGame.value(of: values, in: region([])) == 1)
    // The first two in the picture's order, then the first of the zeros.
    #expect(MetricSubject.stableOrder(values) == [1, 2, 0, 3, 4, 5])
    #expect(QuantusRankAccuracy.value(of: values, in: region([0, 1, 5]), first: 3) == 2.0 / 3)
    #expect(QuantusMassAccuracy.value(of: [2, -1, 0, 0, 0, 1], in: region([0, 1])) == 0.5)
    #expect(abs(QuantusAttributionLocalisation.value(of: [2, -1, 0, 0, 0, 1], in: region([0, 1])) - 0.75) < 1e-9)
  }

  @Test func `Maps of one value, of one pixel, and of zeros`() {
    #expect(abs(QuantusComplexity.value(of: [3, 3, 3, 3]) - 1.386294361) < 1e-8)
    #expect(abs(QuantusComplexity.value(of: [0, 5, 0, 0])) < 1e-8 && QuantusComplexity.value(of: [0, 0]).isNaN)
    #expect(
      abs(QuantusSparseness.value(of: [3, -3, 3, 3])) < 1e-12 && abs(QuantusSparseness.value(of: [0, 0])) < 1e-12)
    #expect(abs(QuantusSparseness.value(of: [0, 0, 7, 0]) - 0.75) < 1e-6)
    let zeros = TruthRegion(width: 2, height: 1, cells: [true, false])
    #expect(QuantusAttributionLocalisation.value(of: [0, 0], in: zeros) == 0)
    #expect(QuantusMassAccuracy.value(of: [0, 0], in: zeros).isNaN)
  }
}
