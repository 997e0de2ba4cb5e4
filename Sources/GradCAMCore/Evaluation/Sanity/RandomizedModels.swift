import ModelFormats
import Synchronization

/// A model whose weights are replaced by noise from the head down, more of them from level to level: cascading randomisation.
///
/// Adebayo et al., "Sanity Checks for Saliency Maps", 2018 (arXiv 1810.03292). The modules with parameters, in the order in which
/// they run, are replaced in about equal numbers a level, the last ones first, until none is left of the trained model. What takes a
/// tensor's place is normal noise of its own mean and deviation (`ParameterNoise`): every layer goes on giving numbers of about the size that
/// the next one is used to, which fresh initialisations would not.
///
/// Whatever was trained counts, however a file has it: weights that an export bound to operations, dequantised or turned, embeddings and
/// biases of positions. A batch norm is the scale and the shift a channel that it is at inference, as in files that fold it into a
/// convolution; its statistics went into both, so that no variance can turn negative. What stays: sizes, indices and masks, scales of whole
/// numbers, single numbers, and what only brings the input's channels to the range that the network was trained with.
///
/// All levels and all evaluators share what is replaced: together they take one more copy of the weights, plain and in the engine's orders. It
/// is made when a metric first asks.
public final class RandomizedModels: Sendable {
  private let setup: Explainer.Setup
  private let seed: UInt64
  private let made = Mutex<[Explainer.Setup]?>(nil)

  /// - Parameters:
  ///   - setup: of the trained model.
  ///   - seed: of the noise.
  public init(_ setup: Explainer.Setup, seed: UInt64) { (self.setup, self.seed) = (setup, seed) }

  /// The same setup with models that are random from the head down; the last one has no trained weights. Empty for a model without
  /// parameters.
  func levels(threads: Workers) throws(InputError) -> [Explainer.Setup] {
    try made.withLock { (made) throws(InputError) in
      if let made { return made }
      var setups: [Explainer.Setup] = []
      let noise = ParameterNoise(seed: seed, threads: threads)
      for graph in try Self.graphs(setup.model.graph, setup.model.inputShape, noise) {
        var model = setup.model
        model.graph = graph
        setups.append(try Explainer.Setup(model, setup.options))
      }
      made = setups
      return setups
    }
  }

  /// Where a tensor's noise is the same: at one place of a module, whichever of its calls that is.
  private struct Place: Hashable {
    let module: Int
    let offset: Int
  }

  /// A graph with random weights, level by level.
  ///
  /// - Parameter input: the shape of an image.
  static func graphs(_ graph: Graph, _ input: Shape, _ noise: ParameterNoise) throws(InputError) -> [Graph] {
    let normalizing = graph.normalizingNodes(try graph.shapes(for: input))
    var replaced: [Int: any Operation] = [:]
    var (first, next): ([Place: Int], Int) = ([:], 0)
    // By module, its last node with parameters.
    var last: [Int: Int] = [:]
    for (index, node) in graph.nodes.enumerated() where !normalizing.contains(index) {
      let call = graph.calls[node.call]
      let place = Place(module: call.module, offset: index - call.nodes.lowerBound)
      let start = first[place] ?? next
      var number = start
      let operation = node.operation.replacingParameters { tensor in
        number += 1
        return noise.replacement(of: tensor, number: number - 1)
      }
      guard number > start else { continue }
      first[place] = start
      next = max(next, number)
      replaced[index] = operation
      last[call.module] = index
    }
    let modules = last.sorted { $0.value > $1.value }.map(\.key)
    let count = min(MetricSettings.randomizationLevels, modules.count)
    return (0..<count).map { level in
      let chosen = Set(modules.prefix(((level + 1) * modules.count + count - 1) / count))
      return graph.replacing(replaced.filter { chosen.contains(graph.calls[graph.nodes[$0.key].call].module) })
    }
  }

  /// What evaluating with random models takes beside what `memory` tells of the trained one: their weights once, and one pass at a time
  /// for each evaluator.
  public func memory(beside memory: ExplainingMemory) -> ExplainingMemory {
    let plain = saturatingProduct(setup.model.parameterCount, MemoryLayout<Float>.stride)
    var all = memory
    all.model = memory.model + memory.model + MemoryNeed(filled: plain)
    all.explainer = memory.explainer + memory.explainer
    return all
  }
}
