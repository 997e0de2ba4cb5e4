import Synchronization
import TestSupport
import Testing

@testable import GradCAMCore

/// How many images methods have under way at once, and what they tell of their progress.
@Suite struct BatchTests {
  /// A built-in method that keeps count of what it runs through the network.
  private struct Watched: CAMMethod {
    let base: any CAMMethod
    let batches: Batches

    var name: String { base.name }
    var paper: String { base.paper }
    var needs: MethodNeeds { base.needs }
    var appliesReLU: Bool { base.appliesReLU }
    var isSigned: Bool { base.isSigned }
    var normalization: Normalization? { base.normalization }
    var fusion: LayerFusion? { base.fusion }
    func score(_ question: ScoreQuestion) -> Score { base.score(question) }

    func explain(_ evidence: Evidence) throws -> Finding {
      let handle = try evidence.network.session.registerForwardHook("linear") { _, inputs, _ in
        batches.sizes.withLock { $0.append(inputs[0].shape.dimensions[0]) }
        return nil
      }
      defer { handle.remove() }
      return try base.explain(evidence)
    }
  }

  private final class Batches: Sendable {
    let sizes = Mutex<[Int]>([])
  }

  private func options(_ method: any CAMMethod) -> Explainer.Options {
    var options = Explainer.Options()
    options.methods = [method]
    options.layers = method.fusion == nil ? ["layer2"] : ["layer2", "layer3"]
    options.targets = [.index(3)]
    if !method.needs.isDisjoint(with: [.samples, .steps]) { options.settings.samples = 5 }
    return options
  }

  /// The sizes of all batches that a method runs.
  private func batches(_ method: any CAMMethod, batch: Int?) throws -> [Int] {
    let batches = Batches()
    var options = options(Watched(base: method, batches: batches))
    options.settings.batch = batch
    _ = try MethodModel("cifar").explain(options)
    return batches.sizes.withLock { $0 }
  }

  private static let perturbing = CAMMethods.ofFeatureMaps.filter { $0.needs.contains(.forwardPasses) }.map(\.name)
  private static let sampling = CAMMethods.all.filter { !$0.needs.isDisjoint(with: [.samples, .steps]) }.map(\.name)

  @Test(arguments: Set(perturbing + sampling).sorted())
  func `No batch is larger than asked for, and none of its images is left out`(_ name: String) throws {
    let method = try CAMMethods.named(name)
    let single = try batches(method, batch: 1)
    #expect(single.count >= 5 && single.allSatisfy { $0 == 1 }, "\(single)")
    for batch in [2, 3, 1000] {
      let sizes = try batches(method, batch: batch)
      #expect(sizes.reduce(0, +) == single.count && sizes.allSatisfy { $0 <= batch }, "\(sizes)")
      // Nothing here has fewer than five to run.
      #expect((sizes.max() ?? 0) >= min(batch, 5), "\(sizes)")
    }
  }

  /// Memory does not grow with the number of samples: neither do the batches, whose size is the input's matter.
  @Test(arguments: ["scorecam", "rise", "smoothgrad", "integratedgradients"])
  func `Nobody asked: a batch takes 16 MB at most`(_ name: String) throws {
    let sizes = try batches(try CAMMethods.named(name), batch: nil)
    #expect(sizes.allSatisfy { $0 <= 16 })
    let settings = MethodSettings()
    #expect(settings.batch(of: 3 * 224 * 224, limit: 16) == 16 && settings.batch(of: 3 * 1024 * 1024, limit: 16) == 1)
    #expect(settings.batch(of: 3 * 512 * 512, limit: 16) == 5)
  }

  @Test(arguments: Set(perturbing + sampling).sorted())
  func `Progress is told, step by step, to the end`(_ name: String) throws {
    var calls: [(name: String, done: Int, total: Int)] = []
    var options = options(try CAMMethods.named(name))
    options.settings.batch = 2
    _ = try MethodModel("cifar").explain(options) { calls.append(($0, $1, $2)) }
    #expect(calls.count > 2 && calls.allSatisfy { $0.name == name && $0.total == calls[0].total }, "\(calls)")
    #expect(zip(calls, calls.dropFirst()).allSatisfy { $0.done < $1.done }, "\(calls)")
    #expect(calls.last.map { $0.done == $0.total } ?? false, "\(calls)")
  }

  @Test func `A single pass has no progress`() throws {
    var count = 0
    for name in ["gradcam", "eigencam", "saliency"] {
      _ = try MethodModel("cifar").explain(options(try CAMMethods.named(name))) { _, _, _ in count += 1 }
    }
    #expect(count == 0)
  }
}
