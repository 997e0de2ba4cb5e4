import TestSupport
import Testing

@testable import GradCAMCore

/// Every method against its paper's formula, written down a second time in double precision by `Scripts/make_fixtures methods`.
@Suite struct FormulaTests {
  static let layerMethods = [
    "gradcam", "hirescam", "layercam", "gradcam-elementwise", "gradcam++", "eigencam", "eigengradcam", "segeigencam",
    "kpcacam", "xgradcam", "fem", "ablationcam", "reciprocam", "scorecam", "iscam", "sscam", "smoothgradcam++",
    "randomcam",
  ]
  static let inputMethods = [
    "saliency", "inputxgradient", "smoothgrad", "vargrad", "integratedgradients", "guidedbackprop", "deconvnet",
    "guidedgradcam", "occlusion", "fullgrad", "rise",
  ]
  /// How many samples or steps the fixtures draw.
  static let samples = [
    "sscam": 3, "smoothgradcam++": 6, "smoothgrad": 6, "vargrad": 6, "integratedgradients": 20, "rise": 24,
  ]
  /// Which layer a model's input attributions were computed beside.
  static let networks = [("cifar", ["layer3", "layer2"], "layer2"), ("squeezenet1_0", ["features.8"], "features.8")]

  @Test(arguments: networks) func `Maps at layers`(_ name: String, _ layers: [String], _ last: String) throws {
    let (network, fixture) = (try MethodModel(name), try Fixture("methods/\(name)"))
    for method in Self.layerMethods {
      for layer in layers {
        let map = try #require(
          try network.explain([method], layers: [layer]) { $0.settings.samples = Self.samples[method] }.first)
        let expected = try fixture.tensor("\(layer).\(method)").logical()
        expectClose(
          map.raw.values, expected, tolerance: method == "kpcacam" ? 1e-3 : 2e-4, "\(name) \(layer) \(method)")
        #expect(map.verdict == .ok && map.samples == (method == "iscam" ? nil : Self.samples[method]))
      }
    }
  }

  @Test(arguments: networks) func `Attributions at the input`(_ name: String, _ layers: [String], _ last: String) throws
  {
    let (network, fixture) = (try MethodModel(name), try Fixture("methods/\(name)"))
    for method in Self.inputMethods {
      let map = try #require(
        try network.explain([method], layers: [last]) { $0.settings.samples = Self.samples[method] }.first)
      let expected = try fixture.tensor(method).logical()
      let found = method == "occlusion" ? Array(map.thinned.prefix(expected.count)) : map.thinned
      expectClose(found, expected, tolerance: 1e-3, "\(name) \(method)")
      #expect(map.layer == (method == "guidedgradcam" ? map.layer : "input"))
    }
  }

  @Test func `Scores that methods and options change`() throws {
    let (network, fixture) = (try MethodModel("cifar"), try Fixture("methods/cifar"))
    let expect = { (key: String, methods: [String], layers: [String], change: (inout Explainer.Options) -> Void) in
      let maps = try network.explain(methods, layers: layers, change)
      #expect(maps.count == 1)
      expectClose(maps[0].raw.values, try fixture.tensor(key).logical(), tolerance: 2e-4, key)
    }
    try expect("layer3.finercam", ["finercam"], ["layer3"]) { _ in }
    try expect("layer3.against.5", ["gradcam"], ["layer3"]) { $0.against = .index(5) }
    try expect("layer3.counterfactual", ["gradcam"], ["layer3"]) { $0.isCounterfactual = true }
    try expect("layer3.gradcam.eigensmooth", ["gradcam"], ["layer3"]) { $0.settings.smoothsByEigenvector = true }
    let both = ["layer2", "layer3"]
    for fusion in LayerFusion.allCases {
      try expect("fused.\(fusion)", ["gradcam"], both) { $0.fusion = fusion }
    }
    try expect("refinecam", ["refinecam"], both) { _ in }
  }

  @Test func `Joins the layers of each method by itself`() throws {
    let (network, layers) = (try MethodModel("cifar"), ["layer2", "layer3"])
    let maps = try network.explain(["saliency", "gradcam", "layercam"], layers: layers) { $0.fusion = .mean }
    #expect(maps.map(\.method.name).sorted() == ["gradcam", "layercam", "saliency"])
    for map in maps {
      let alone = try network.explain([map.method.name], layers: layers) { $0.fusion = .mean }
      #expect(alone.map(\.raw.values) == [map.raw.values], "\(map.method.name)")
    }
  }

  @Test func `The mean over versions of the image`() throws {
    let (network, fixture) = (try MethodModel("cifar"), try Fixture("methods/cifar"))
    let maps = try network.explain(["gradcam"], layers: ["layer3"]) { $0.smoothsByAugmentation = true }
    expectClose(maps[0].cam.values, try fixture.tensor("augmented").logical(), tolerance: 2e-4)
  }

  @Test func `A Hessian that is not zero`() throws {
    let (network, fixture) = (try MethodModel("xray-nf2"), try Fixture("methods/curved"))
    let maps = try network.explain(["shapleycam", "gradcam"]) { $0.score = .output }
    let expected = try fixture.tensor("shapleycam").logical()
    expectClose(maps[0].raw.values, expected, tolerance: 1e-3, "shapleycam")
    expectClose(maps[1].raw.values, try fixture.tensor("gradcam").logical(), "gradcam")
    let difference = zip(maps[0].raw.values, maps[1].raw.values).map { abs($0 - $1) }.max() ?? 0
    #expect(difference > 0.01 * (expected.map(abs).max() ?? 0))
  }

  @Test func `The sum of integrated gradients`() throws {
    let network = try MethodModel("cifar")
    let error = { (steps: Int) in
      try network.explain(["integratedgradients"]) { $0.settings.samples = steps }[0].completenessError
    }
    let (coarse, fine) = (try #require(try error(2)), try #require(try error(100)))
    #expect(fine < 0.02 && fine < coarse)
  }

  @Test func `CAM is the head's weights`() throws {
    let network = try MethodModel("cifar")
    let maps = try network.explain(["cam", "gradcam"], layers: ["layer3"])
    let positions = Float(maps[0].raw.values.count)
    expectClose(maps[0].raw.values, maps[1].raw.values.map { $0 * positions }, tolerance: 1e-5)
    #expect(maps[0].cam == maps[0].raw && (maps[0].raw.values.min() ?? 0) < 0)
  }

  @Test(arguments: [1, 2, 3, 20, 51]) func `The rule of integration`(_ count: Int) {
    let rule = IntegratedGradients.rule(count)
    for power in 0..<min(2 * count, 12) {
      let sum = rule.reduce(0.0) { sum, point in
        sum + point.weight * (0..<power).reduce(1.0) { product, _ in product * point.place }
      }
      #expect(abs(sum - 1 / Double(power + 1)) < 1e-12)
    }
  }
}
