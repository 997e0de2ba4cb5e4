import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Methods of attention on transformers from both of PyTorch's exporters, against their formulas by whole matrices in double precision
/// (`Scripts/make_fixtures tokens`).
@Suite struct AttentionMethodTests {
  /// What fixtures call a map, its method, and how it is set.
  struct Case: CustomTestStringConvertible {
    let key: String
    let method: String
    var fusion: HeadFusion?
    var ratio: Double?
    var testDescription: String { key }
  }

  static let cases = [
    Case(key: "attention", method: "attention"),
    Case(key: "rollout.mean", method: "rollout"), Case(key: "rollout.max", method: "rollout", fusion: .max),
    Case(key: "rollout.min", method: "rollout", fusion: .min),
    Case(key: "rollout.max.0.4", method: "rollout", fusion: .max, ratio: 0.4),
    Case(key: "gradrollout", method: "gradrollout"),
    Case(key: "gradrollout.0.95", method: "gradrollout", ratio: 0.95),
    Case(key: "chefer", method: "chefer"), Case(key: "legrad", method: "legrad"),
  ]
  static let names = ["token-old", "token-current", "mean-old", "mean-current", "pooled-current", "distilled-current"]

  private static func network(_ name: String) throws -> (network: MethodModel, expected: Fixture) {
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    let model = try Model.load(Fixture.folder.appending(FilePath("tokens/\(name).onnx")), overrides)
    let expected = try Fixture("tokens/\(name.prefix { $0 != "-" })")
    return (MethodModel(model, input: try expected.tensor("input"), target: 2), expected)
  }

  @Test(arguments: names, cases) func `Formulas`(_ name: String, _ wanted: Case) throws {
    let (network, expected) = try Self.network(name)
    let map = try #require(
      try network.explain([wanted.method]) {
        ($0.settings.headFusion, $0.settings.discardRatio, $0.keepsGradients) = (wanted.fusion, wanted.ratio, false)
      }.first)
    #expect((map.raw.height, map.raw.width) == (4, 6) && map.layer == "attention" && map.verdict == .ok)
    expectClose(map.raw.values, try expected.tensor(wanted.key).logical(), tolerance: 1e-4, "\(name) \(wanted.key)")
  }

  // Scores of the distilled network's places lie within the rounding of float32.
  @Test(arguments: names.dropLast() + ["window-old", "window-current"], [true, false])
  func `Tokens around a place`(_ name: String, _ usesShortcuts: Bool) throws {
    let (network, expected) = try Self.network(name)
    let map = try #require(
      try network.explain(["vitreciprocam"]) { $0.settings.usesShortcuts = usesShortcuts }.first)
    #expect(map.layer == network.model.defaultLayer && map.verdict == .ok)
    expectClose(map.raw.values, try expected.tensor("vitreciprocam").logical(), tolerance: 2e-4, name)
  }

  /// One pass forward serves them all, and each goes back by itself: none sees another's gradients. Hooks part what is computed in
  /// one step otherwise, so that last bits differ.
  @Test func `Together with others as alone, and the same bytes for any number of threads`() throws {
    let (network, _) = try Self.network("token-old")
    let names = ["legrad", "gradcam", "chefer", "saliency", "rollout", "gradrollout", "attention", "layercam"]
    let together = try network.explain(names) { $0.targets = [.index(1), .index(2)] }
    for map in together {
      let alone = try network.explain([map.method.name], threads: 1) { $0.targets = [.index(map.target.index)] }
      expectClose(alone[0].raw.values, map.raw.values, tolerance: 1e-5, map.method.name)
      #expect((map.evidence.gradients == nil) == map.method.needs.contains(.attention))
      guard map.evidence.gradients != nil else { continue }
      let gradients = (alone[0].evidence.gradients, map.evidence.gradients)
      expectClose(try #require(gradients.0), try #require(gradients.1), "gradients of \(map.method.name)")
    }
    let byThreads = try [1, 2, 3].map { try network.explain(names, threads: $0).map(\.raw.values) }
    #expect(byThreads[0] == byThreads[1] && byThreads[0] == byThreads[2])
  }

  /// The gradient at the first attention is nothing to Grad-CAM at the last.
  @Test func `Other methods' gradients go no further than they would alone`() throws {
    let (network, _) = try Self.network("token-old")
    var options = Explainer.Options()
    (options.methods, options.targets) = (try ["gradcam", "chefer"].map(CAMMethods.named), [.index(1)])
    options.keepsGradients = false
    let explainer = try Explainer(network.model, options)
    var lines: [String] = []
    explainer.trace = { lines.append($0) }
    _ = try explainer.explain(Image(width: 24, height: 16, filledWith: [9, 99, 200]))
    let passed = (0..<2).map { block in lines.count { $0.hasPrefix("backward hook on blocks.\(block).attn") } }
    #expect(passed == [1, 2], "\(lines)")
  }

  /// What is kept beside a map decides about none of its bytes.
  @Test(arguments: [
    ["chefer", "vitreciprocam"], ["eigencam", "legrad", "occlusion"], ["rollout", "scorecam", "gradcam"],
  ])
  func `Kept gradients change no byte`(_ names: [String]) throws {
    let (network, _) = try Self.network("token-old")
    let plain = try network.explain(names) { $0.keepsGradients = false }
    let kept = try network.explain(names) { $0.keepsGradients = true }
    #expect(plain.map(\.raw.values) == kept.map(\.raw.values))
    let byNeed = try network.explain(["gradcam", "saliency"])
    for map in kept where !map.method.needs.contains(.attention) {
      let own = try #require(map.evidence.gradients)
      let expected = try #require(byNeed[map.method.needs.contains(.input) ? 1 : 0].evidence.gradients)
      expectClose(own, expected, tolerance: 1e-5, map.method.name)
      #expect(own.shape == map.evidence.activations.shape)
    }
  }

  @Test func `A method alone of those that run together has the same bytes`() throws {
    let (network, _) = try Self.network("token-old")
    let names = ["chefer", "smoothgradcam++", "rise"]
    let together = try network.explain(names) { $0.settings.samples = 3 }
    for map in together {
      let alone = try network.explain(names) { ($0.settings.samples, $0.madeMethods) = (3, [map.method.name]) }
      #expect(alone.map(\.method.name) == [map.method.name] && alone[0].raw == map.raw)
    }
  }

  @Test func `Evidence is what the last attention shares out`() throws {
    let (network, _) = try Self.network("token-old")
    for name in ["attention", "rollout", "gradrollout", "chefer", "legrad"] {
      let evidence = try network.explain([name])[0].evidence
      #expect(evidence.activations.shape == Shape(1, 2, 26, 26) && evidence.gradients == nil, "\(name)")
      let row = evidence.activations.logical().prefix(26).reduce(0, +)
      #expect(abs(row - 1) < 1e-5)
    }
  }

  @Test(arguments: ["token-old", "mean-current"]) func `Tokens around a place, by any batch and threads`(_ name: String)
    throws
  {
    let (network, _) = try Self.network(name)
    for usesShortcuts in [true, false] {
      let maps = try [(1, 1), (1, 5), (2, 5), (3, 128)].map { threads, batch in
        try network.explain(["vitreciprocam"], threads: threads) {
          ($0.settings.batch, $0.settings.usesShortcuts) = (batch, usesShortcuts)
        }[0].raw.values
      }
      // The map is what scores of about 1 have beside the least of them, and their last bits depend on the batch.
      for map in maps { expectClose(map.map { $0 + 1 }, maps[0].map { $0 + 1 }, tolerance: 1e-6) }
      #expect(maps[1] == maps[2])
    }
  }

  @Test func `Probes go with whoever made them, and sessions with theirs`() throws {
    let (network, _) = try Self.network("token-old")
    let graph = network.model.graph
    let attentions = Attentions(graph, try network.model.positions(for: network.model.inputShape))
    var session: Session? = Session(graph)
    var probe: AttentionProbe? = try session.map {
      try AttentionProbe($0, attentions, AttentionProbe.Wants(gradients: true, blocks: true))
    }
    weak let (seenSession, seenProbe) = (session, probe)
    #expect(seenProbe != nil)
    probe = nil
    #expect(seenProbe == nil)
    session = nil
    #expect(seenSession == nil)
  }

  @Test func `Versions of an image are averaged`() throws {
    let (network, _) = try Self.network("token-old")
    let names = ["attention", "rollout", "gradrollout", "chefer", "legrad", "vitreciprocam"]
    let smoothed = try network.explain(names) { $0.smoothsByAugmentation = true }
    var sums = smoothed.map { [Float](repeating: 0, count: $0.raw.values.count) }
    for isMirrored in [false, true] {
      for factor: Float in [0.9, 1, 1.1] {
        let version = MethodModel(
          network.model, input: network.input.mirrored(isMirrored, times: factor), target: network.target)
        for (index, map) in try version.explain(names).enumerated() {
          let values = (isMirrored ? map.raw.mirrored() : map.raw).values
          for (position, value) in values.enumerated() { sums[index][position] += value / 6 }
        }
      }
    }
    for (map, sum) in zip(smoothed, sums) { expectClose(map.raw.values, sum, tolerance: 1e-6, map.method.name) }
  }

  @Test func `Some know no class, and all are made whatever layer is named`() throws {
    let (network, _) = try Self.network("mean-old")
    for name in ["attention", "rollout", "gradrollout", "chefer", "legrad"] {
      let knows = !["attention", "rollout"].contains(name)
      let maps = try network.explain([name], layers: ["blocks.0", "blocks.1"]) { $0.targets = [.index(0), .index(1)] }
      #expect(
        maps.count == 2 && (maps[0].raw == maps[1].raw) == !knows && maps[0].method.knowsClass == knows, "\(name)")
      var options = Explainer.Options()
      (options.methods, options.against, options.targets) = ([try CAMMethods.named(name)], .index(1), [.index(0)])
      let refusal: InputError?
      do throws(InputError) {
        _ = try Explainer.Setup(network.model, options)
        refusal = nil
      } catch { refusal = error }
      #expect(refusal.map { "\($0)".contains("knows no class") } ?? false == !knows, "\(name)")
    }
  }

  @Test(arguments: ["window-old", "window-current"]) func `Windows are refused`(_ name: String) throws {
    let (network, _) = try Self.network(name)
    for method in ["attention", "rollout", "gradrollout", "chefer", "legrad"] {
      let error = #expect(throws: InputError.self) { try network.explain([method]) }
      let text = "\(try #require(error))"
      #expect(
        text.contains("blocks.\(method == "attention" ? 1 : 0).attn.softmax") && text.hasSuffix("(gradcam)"), "\(text)")
    }
  }

  @Test func `A class token that is read beside patches`() throws {
    let (network, _) = try Self.network("best-current")
    for method in ["rollout", "gradrollout", "chefer", "legrad"] {
      let error = #expect(throws: InputError.self) { try network.explain([method]) }
      #expect("\(try #require(error))".contains("reads the class token and patches beside it"))
    }
    #expect(try network.explain(["attention"])[0].verdict == .ok)
  }

  // MARK: Where attentions are found

  static let vits = AttentionTests.networks.filter { $0.fixture.contains("vit") || $0.fixture.contains("deit") }

  @Test(arguments: vits) func `State dicts of every library have whole attentions and blocks`(
    _ network: ArchitectureTests.Network
  ) throws {
    let fixture = try Fixture("architectures/\(network.fixture)")
    let loaded = try StateDictImporter.load(
      try fixture.parameters.map { try $0.record }, spec: network.chosen, threads: 1)
    let shapes = try loaded.graph.shapes(for: Shape(1, 3, 32, 32))
    let attentions = Attentions(loaded.graph, PositionMap(loaded.graph, shapes))
    #expect(attentions.sites.count == 2 && attentions.sites.allSatisfy(\.isWhole))
    #expect(attentions.blocks?.count == 2)
    let special = attentions.sites[0].keys - 16
    let readsPicture = network.fixture == "vit-gap" || network.fixture == "vit-pooled"
    let readers = network.fixture.hasPrefix("deit") ? [0, 1] : [0]
    #expect(attentions.readers == (readsPicture ? Array(special..<special + 16) : readers))
    #expect((attentions.averagedAxis == nil) == readsPicture)
  }

  @Test func `Swin's are not whole, and a convolutional network has none`() throws {
    for (name, count) in [("swin-timm-32", 4), ("resnet18", 0)] {
      let parameters = try Fixture("architectures/\(name)").parameters
      let loaded = try StateDictImporter.load(try parameters.map { try $0.record }, spec: nil, threads: 1)
      let shapes = try loaded.graph.shapes(for: Shape(1, 3, 32, 32))
      let attentions = Attentions(loaded.graph, PositionMap(loaded.graph, shapes))
      #expect((attentions.sites.count >= count) && (count > 0 || attentions.sites.isEmpty), "\(attentions.sites.count)")
      #expect(count == 0 || attentions.sites.contains { !$0.isWhole })
    }
  }
}
