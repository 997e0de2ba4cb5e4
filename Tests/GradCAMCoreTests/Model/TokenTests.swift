import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Transformers from both of PyTorch's exporters, against PyTorch's numbers (`Scripts/make_fixtures tokens`).
@Suite struct TokenTests {
  static let kinds = ["token": "blocks.1.norm1", "mean": "norm", "window": "norm"]
  static let names = kinds.keys.sorted().flatMap { ["\($0)-old", "\($0)-current"] }

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
      #expect(layer == "head" || text.contains(" or proj)"), "\(text)")
    }
  }

  @Test(arguments: names) func `Says of each module which map can be made there`(_ name: String) throws {
    let model = try Self.load(name)
    for module in try model.graph.summaries(for: model.inputShape) {
      var options = Explainer.Options()
      options.layers = [module.path]
      let isOffered = (try? Explainer.Setup(model, options)) != nil
      #expect((module.mapSize != nil) == isOffered, "\(module.path)")
      if let size = module.mapSize { #expect(size == (4, 6), "\(module.path)") }
    }
  }
}
