import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Transformers from both of PyTorch's exporters, against PyTorch's numbers (`Scripts/make_fixtures tokens`).
@Suite struct TokenTests {
  static let kinds = [
    "token": "blocks.1.norm1", "mean": "norm", "window": "norm", "inner": "blocks.1.norm1",
    "distilled": "blocks.1.norm1", "best": "blocks.0", "stage": "blocks.1", "branches": "fusion.1.norm1",
  ]
  static let names =
    ["token", "mean", "window", "inner"].flatMap { ["\($0)-old", "\($0)-current"] }
    + ["distilled", "best", "stage", "branches"].map { "\($0)-current" }

  private static func load(_ name: String) throws -> Model {
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    return try Model.load(Fixture.folder.appending(FilePath("tokens/\(name).onnx")), overrides)
  }

  private static func explain(
    _ name: String, _ method: any CAMMethod, usesShortcuts: Bool = true
  ) throws -> (map: ExplanationMap, expected: Fixture) {
    let expected = try Fixture("tokens/\(name.prefix { $0 != "-" })")
    var options = Explainer.Options()
    (options.methods, options.targets, options.keepsGradients) = ([method], [.index(2)], true)
    options.settings.usesShortcuts = usesShortcuts
    let model = try load(name)
    let maps = try MethodModel(model, input: try expected.tensor("input"), target: 2).explain(options)
    return (maps[0], expected)
  }

  @Test(arguments: names) func `Explains the last layer whose places all count`(_ name: String) throws {
    let (map, expected) = try Self.explain(name, GradCAM())
    #expect(map.layer == Self.kinds[String(name.prefix { $0 != "-" })])
    // Hooks and dumps keep the model's own order; the map has the picture's rows and columns.
    expectClose(map.evidence.activations, try expected.tensor("activations"), "activations of \(name)")
    expectClose(try #require(map.evidence.gradients), try expected.tensor("gradients"), "gradients of \(name)")
    expectClose(
      Tensor(map.raw.values, Shape(map.raw.height, map.raw.width)), try expected.tensor("cam"), "map of \(name)")
  }

  @Test(arguments: names, [true, false])
  func `Leaves special tokens as they are where it replaces the picture's`(_ name: String, _ usesShortcuts: Bool) throws
  {
    let (map, expected) = try Self.explain(name, ReciproCAM(), usesShortcuts: usesShortcuts)
    let scores = try expected.tensor("reciprocam").logical()
    let least = try #require(scores.min())
    expectClose(
      Tensor(map.raw.values, Shape(map.raw.height, map.raw.width)),
      Tensor(scores.map { $0 - least }, Shape(4, 6)), "map of \(name)")
  }

  @Test(arguments: ["token-old", "token-current"])
  func `Refuses layers that are no picture, and names those that are`(_ name: String) throws {
    let model = try Self.load(name)
    let wrong = [
      "blocks.1": "reads only special tokens", "norm": "reads only special tokens",
      "blocks.0.attn.matmul_1": "features along several axes", "blocks.1.attn.softmax": "features along several axes",
      "head": "no spatial extent",
    ]
    for (layer, reason) in wrong {
      var options = Explainer.Options()
      options.layers = [layer]
      let error = #expect(throws: InputError.self, "\(layer)") { try Explainer.Setup(model, options) }
      let text = "\(try #require(error))"
      #expect(text.contains(reason) && text.contains("such as blocks.1.norm1"), "\(text)")
      let others = reason == "reads only special tokens" ? "the last that every patch goes through)" : " or proj)"
      #expect(layer == "head" || text.contains(others), "\(text)")
    }
  }

  @Test(arguments: names) func `Says of each module which map can be made there`(_ name: String) throws {
    let model = try Self.load(name)
    for module in try model.graph.summaries(for: model.inputShape) {
      var options = Explainer.Options()
      options.layers = [module.path]
      let isOffered = (try? Explainer.Setup(model, options)) != nil
      #expect((module.mapSize != nil) == isOffered, "\(module.path)")
      // Places inside of patches make finer grids.
      let sizes = name.hasPrefix("inner") ? ["4×6", "8×12", "16×24"] : ["4×6"]
      if let (rows, columns) = module.mapSize { #expect(sizes.contains("\(rows)×\(columns)"), "\(module.path)") }
    }
  }

  @Test func `Layers worth trying are those of other blocks where all maps have one size`() throws {
    #expect(try Self.load("token-current").layersToTry == ["blocks.1.norm1", "blocks.0.norm1"])
    let windows = try Self.load("window-current").layersToTry
    #expect(windows.count > 1 && !windows.contains { $0.contains("slice") || $0.contains("pad") }, "\(windows)")
  }

  @Test func `Says where patches reach the output on two ways`() throws {
    let (positions, graph) = try Self.followed("branches-current")
    let layer = try #require(graph.defaultLayer(positions))
    #expect(layer.doubt == nil)
    #expect(layer.reason == "the last layer of one branch of patches; that of another is fusion.0.norm1")
    for name in ["best-current", "inner-current", "token-current", "distilled-current"] {
      let (positions, graph) = try Self.followed(name)
      let reason = graph.defaultLayer(positions)?.reason
      #expect(reason == "the last layer through which every patch reaches the output", "\(name)")
    }
  }

  /// By every method that replaces a layer's output batch by batch; see the maps of `reciprocam` and `vitreciprocam`, too.
  @Test(arguments: ["token-old", "token-current", "window-old", "window-current"], [3, 32])
  func `Ablates features of the picture's tokens, and not of others`(_ name: String, _ batch: Int) throws {
    let expected = try Fixture("tokens/\(name.prefix { $0 != "-" })")
    let model = try Self.load(name)
    var options = Explainer.Options()
    (options.methods, options.targets) = ([AblationCAM()], [.index(2)])
    (options.settings.usesShortcuts, options.settings.batch) = (false, batch)
    let input = try expected.tensor("input")
    let map = try MethodModel(model, input: input, target: 2).explain(options)[0]

    let special = name.hasPrefix("token") ? 2 : 0
    let session = Session(model.graph)
    var (ablated, tokens) = (Int?.none, [Float]())
    _ = try session.registerForwardHook(model.defaultLayer) { _, _, output in
      var values = output.logical()
      guard let ablated else {
        tokens = values
        return nil
      }
      for place in values.indices.dropFirst(8 * special) where place % 8 == ablated { values[place] = 0 }
      return Replacement(Tensor(values, output.shape))
    }
    let score = try session.forward(input).output.logical()[2]
    var sum = Array(repeating: Float(0), count: 24)
    for channel in 0..<8 {
      ablated = channel
      let drop = try score - session.forward(input).output.logical()[2]
      for place in sum.indices { sum[place] += drop / abs(score) * tokens[8 * (special + place) + channel] }
    }
    expectClose(map.raw.values, sum, "\(name)")
  }

  @Test(arguments: ["window-old", "window-current"], ["blocks.0", "blocks.1"])
  func `Hooks see windows as the network has them, and methods see the picture`(_ name: String, _ block: String) throws
  {
    let (positions, graph) = try Self.followed(name)
    let session = Session(graph)
    var seen: [String: Tensor] = [:]
    for path in ["\(block).attn.proj", "\(block).attn"] {
      _ = try session.registerForwardHook(path) { _, _, output in
        seen[path] = output
        return nil
      }
    }
    _ = try session.forward(try Fixture("tokens/window").tensor("input"))
    let pictures = try ["\(block).attn.proj", "\(block).attn"].map { path in
      let (call, value) = (try #require(graph.lastCall(path)), try #require(seen[path]))
      return try #require(positions.view(of: call.output)).turned(value)
    }
    #expect(seen["\(block).attn.proj"]?.shape == Shape(6, 4, 8) && seen["\(block).attn"]?.shape == Shape(1, 4, 6, 8))
    #expect(pictures[0].shape == Shape(1, 8, 4, 6) && pictures[0].logical() == pictures[1].logical())
  }

  @Test func `Places inside of patches are followed`() throws {
    let (positions, graph) = try Self.followed("inner-current")
    for path in ["proj", "inner.norm1"] {
      let view = positions.view(of: try #require(graph.lastCall(path)).output)
      #expect(view?.rows == 8 && view?.columns == 12, "\(path)")
    }
  }

  private static func followed(_ name: String) throws -> (PositionMap, Graph) {
    let model = try load(name)
    return (try model.positions(for: model.inputShape), model.graph)
  }

  /// With the functions that its users write: special tokens dropped, the others laid out, features first.
  @Test(arguments: [
    ("token-old", "blocks.1.norm1"), ("token-current", "blocks.1.norm1"), ("distilled-current", "blocks.1.norm1"),
    ("window-old", "blocks.1.norm1"), ("window-current", "blocks.1.norm1"), ("window-current", "blocks.0.norm2"),
  ]) func `pytorch-grad-cam's maps`(_ name: String, _ layer: String) throws {
    let expected = try Fixture("tokens/\(name.prefix { $0 != "-" })")
    var options = Explainer.Options()
    (options.methods, options.targets, options.layers) = ([GradCAM()], [.index(2)], [layer])
    options.settings.compat = .pytorchGradCAM
    let maps = try MethodModel(try Self.load(name), input: try expected.tensor("input"), target: 2).explain(options)
    let enlarged = maps[0].heatmap.enlarged(height: 16, width: 24)
    expectClose(enlarged.values, try expected.tensor("pgc.\(layer)").logical(), tolerance: 1e-3, "\(name) \(layer)")
  }
}
