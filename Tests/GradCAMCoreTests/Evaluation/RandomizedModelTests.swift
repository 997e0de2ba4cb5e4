import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Weights that become noise from the head down, and what stays.
@Suite struct RandomizedModelTests {
  private static let noise = ParameterNoise(seed: 3, threads: .one)

  private static func parameters(_ operation: any Operation) -> [Tensor] {
    var found: [Tensor] = []
    _ = operation.replacingParameters { tensor in
      found.append(tensor)
      return tensor
    }
    return found
  }

  /// Whether it has two numbers at all.
  private static func varies(_ tensor: Tensor) -> Bool { tensor.stored.contains { $0 != tensor.stored[0] } }

  /// Every parameter of the last level is another, every level has those of the one before, and shapes and numbers stay sound.
  private static func check(_ graph: Graph, _ input: Shape, _ name: String) throws {
    let levels = try RandomizedModels.graphs(graph, input, noise)
    // The quantised network has four modules with parameters.
    #expect(levels.count == (name.contains("quantised") ? 4 : MetricSettings.randomizationLevels), "\(name)")
    let normalizing = graph.normalizingNodes(try graph.shapes(for: input))
    var trained = 0
    for (index, node) in graph.nodes.enumerated() where !normalizing.contains(index) {
      let (old, new) = (parameters(node.operation), parameters(levels[levels.count - 1].nodes[index].operation))
      #expect(old.isEmpty == (node.operation.parameterCount == 0) || !old.isEmpty, "\(name) \(graph.path(of: node))")
      for (old, new) in zip(old, new) {
        #expect(old.shape == new.shape)
        #expect(!varies(old) || old.stored != new.stored, "\(name) \(graph.path(of: node)) keeps a parameter")
        trained += 1
      }
    }
    #expect(trained > 4, "\(name)")
    // A head alone at first, then more: what was replaced stays so, and is shared.
    var before = 0
    for (level, random) in levels.enumerated() {
      let changed = graph.nodes.indices.filter { index in
        let (old, new) = (parameters(graph.nodes[index].operation), parameters(random.nodes[index].operation))
        return zip(old, new).contains { $0.stored != $1.stored }
      }
      #expect(changed.count > before, "\(name) level \(level)")
      before = changed.count
    }
    let output = try Session(levels[levels.count - 1]).forward(
      Tensor(SyntheticWeights.values("input", input.dimensions), input)
    ).output
    #expect(output.isFinite, "\(name)")
  }

  @Test(arguments: ["cifar", "mobilenet_v2", "densenet"]) func `Every parameter of a state dict's model changes`(
    _ name: String
  ) throws {
    let network = try MethodModel(name)
    try Self.check(network.model.graph, network.input.shape, name)
  }

  @Test(arguments: [
    "tokens/token-old", "tokens/token-current", "tokens/window-current", "tokens/mean-old", "networks/dense-current",
    "networks/branches-old", "networks/shuffle-current", "operations/quantised-channels", "operations/quantised-signed",
  ]) func `Every parameter of a graph's model changes`(_ name: String) throws {
    var overrides = Model.Overrides()
    if name.hasPrefix("networks") { overrides.inputShape = (3, 24, 20) }
    overrides.preprocessing = "unit"
    let model = try Model.load(Fixture.folder.appending(FilePath("\(name).onnx")), overrides)
    try Self.check(model.graph, model.inputShape, name)
  }

  @Test func `Masks, single numbers, bounds and what brings the input into its range stay`() throws {
    let mask = Tensor([0, -100, 0, 0, -100, -100], Shape(2, 3))
    let weights = Tensor([0, -100, 0, 1, -100, -100], Shape(2, 3))
    func kept(_ operation: any Operation, _ constant: Tensor, weights: Set<Int> = [1]) -> Bool {
      Self.parameters(BoundOperation(operation, constants: [1: constant], count: 2, weights: weights)).isEmpty
    }
    #expect(kept(Add(), mask) && !kept(Add(), weights) && kept(Add(), weights, weights: []))
    #expect(kept(Max(), weights))
    let constant = Tensor([2, 2], Shape(2))
    #expect(Self.noise.replacement(of: constant, number: 0).stored == [2, 2])
    #expect(Self.noise.replacement(of: Tensor([1, .infinity], Shape(2)), number: 0).stored == [1, .infinity])

    var network = SmallNetwork("Identity c -> f")
    network.weights = [
      SmallNetwork.floats("mean", [3, 1, 1], [0.4, 0.5, 0.6]),
      SmallNetwork.floats("kept", [8, 1, 1], [0, 1, 0, 1, 1, 1, 0, 0]),
      SmallNetwork.floats("factor", [8, 1, 1], [1, 2, 3, 4, 5, 6, 7, 8]),
      SmallNetwork.floats("scale", [], [0.5]), .tensor("zero", type: 3, [], raw: [0]),
      .tensor("whole", type: 3, [8, 1, 1], raw: [1, 2, 3, 4, 5, 6, 7, 8]),
    ]
    network.middle = SmallNetwork.nodes(
      "Mul c,kept -> d; Mul d,factor -> e; DequantizeLinear whole,scale,zero -> k; Add e,k -> g; Add g,half -> f")
    let model = try network.load()
    let levels = try RandomizedModels.graphs(model.graph, model.inputShape, Self.noise)
    let random = try #require(levels.last)
    let changed = model.graph.nodes.indices.map { index in
      let (old, new) = (model.graph.nodes[index].operation.constants, random.nodes[index].operation.constants)
      return new.contains { old[$0.key]?.stored != $0.value.stored }
    }
    let kinds = zip(model.graph.nodes, changed).filter { !$0.0.operation.constants.isEmpty }.map {
      ($0.operation.kind, $1)
    }
    #expect(kinds.map(\.0) == ["mul", "mul", "add", "add", "matmul"], "\(kinds)")
    #expect(kinds.map(\.1) == [false, true, true, false, true], "\(kinds)")
  }
}
