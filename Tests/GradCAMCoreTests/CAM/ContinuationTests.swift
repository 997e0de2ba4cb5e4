import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Networks that go on behind a layer, beside what passes it by.
@Suite struct ContinuationTests {
  /// A network, and a layer that a connection passes by.
  private static func model(_ name: String) throws -> (network: MethodModel, layer: String) {
    guard name != "cifar" else { return (try MethodModel(name), "layer3.0.conv2") }
    var overrides = Model.Overrides()
    overrides.preprocessing = "unit"
    let model = try Model.load(Fixture.folder.appending(FilePath("tokens/\(name).onnx")), overrides)
    let input = try Fixture("tokens/\(name.prefix { $0 != "-" })").tensor("input")
    return (MethodModel(model, input: input, target: 2), "blocks.1.norm1")
  }

  /// What runs of a network for a batch of copies of a layer's activations, once what passes the layer by is known, and what comes out.
  private static func run(
    _ network: MethodModel, _ layer: String, images: Int, usesShortcuts: Bool
  ) throws -> (nodes: [Int], outputs: OutputRows) {
    let session = Session(network.model.graph)
    let runner = NetworkRunner(beside: session, input: network.input, usesShortcuts: usesShortcuts)
    let positions = try network.model.positions(for: network.input.shape)
    let probe = try LayerProbe(session, layer, capturesGradient: false)
    _ = try session.forward(network.input)
    let site = LayerSite(path: layer, view: try network.model.view(of: layer, positions), own: try probe.captured())
    let scales = (0..<images).map { image in
      site.turned(site.own, session.context).mapped { $0 * Float(image + 1) / 2 }
    }
    let batch = Tensor.concatenating(scales)
    _ = try runner.outputs(replacing: site, by: batch, at: .output)
    var nodes: [Int] = []
    runner.session.observer = { step, _, _ in if let node = step.node { nodes.append(node) } }
    let outputs = try runner.outputs(replacing: site, by: batch, at: .output)
    return (nodes, outputs)
  }

  @Test(arguments: ["token-old", "token-current", "distilled-current", "cifar"], [1, 5])
  func `Runs what follows the layer, once a batch`(_ name: String, _ images: Int) throws {
    let (network, layer) = try Self.model(name)
    let graph = network.model.graph
    let start = try #require(graph.lastCall(layer)).output.index
    let (nodes, found) = try Self.run(network, layer, images: images, usesShortcuts: true)
    #expect(nodes.allSatisfy { $0 >= start } && Set(nodes).count == nodes.count && !nodes.isEmpty)
    let (all, expected) = try Self.run(network, layer, images: images, usesShortcuts: false)
    #expect(all.contains { $0 < start })
    #expect(found.count == images)
    expectClose(found.values, expected.values, tolerance: 1e-5)
  }

  @Test(arguments: [
    ("features.0.conv1", 1), ("features.0.bn2", 1), ("features.1.bn1", 1), ("features.0", 0), ("features", 0), ("", 0),
  ])
  func `What passes a layer by`(_ path: String, _ count: Int) throws {
    let graph = Networks.classifier()
    let call = try #require(graph.modules[try graph.resolve(path)].calls.last)
    let bypass = try #require(Bypass(graph, around: call))
    #expect(bypass.values.count == count)
    // What the shortcut gives, not what it is made of.
    if path.hasPrefix("features.0.") {
      #expect(bypass.values.first.flatMap(graph.producer).map(graph.path(of:)) == "features.0.shortcut")
    }
  }

  @Test func `Values of a pass`() throws {
    let (network, _) = try Self.model("token-old")
    let session = Session(network.model.graph)
    let wanted = [3, 9, 14].map(Value.init)
    let together = try session.values(wanted, of: network.input)
    for (value, tensor) in zip(wanted, together) {
      expectSameBytes(try session.values([value], of: network.input)[0], tensor, "\(value)")
    }
    // The next pass leaves them as they are.
    let before = together.map { $0.logical() }
    _ = try session.forward(network.input.mapped { $0 * 2 })
    #expect(together.map { $0.logical() } == before)
  }
}
