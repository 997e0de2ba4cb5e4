import TestSupport
import Testing

@testable import GradCAMCore

/// Random numbers depend on the seed and on nothing else.
@Suite struct RandomnessTests {
  static let methods = ["smoothgradcam++", "sscam", "randomcam", "smoothgrad", "vargrad", "rise"]

  private func maps(
    _ network: MethodModel, threads: Int = 1, batch: Int? = nil, seed: UInt64 = 7, samples: Int = 5
  ) throws -> [ExplanationMap] {
    // At the last layer gradients do not depend on the input: noise would change nothing.
    try network.explain(Self.methods, layers: ["layer2"], threads: threads) {
      $0.settings.batch = batch
      $0.settings.seed = seed
      $0.settings.samples = samples
    }
  }

  /// CAM needs the layer before the pooling.
  private func layers(_ name: String, _ method: any CAMMethod) -> (layer: String, before: String) {
    name == "cifar" ? (method.name == "cam" ? "layer3" : "layer2", "layer1") : ("features.8", "features.5")
  }

  @Test(arguments: ["cifar", "squeezenet1_0"]) func `Every method gives the same bytes for any number of threads`(
    _ name: String
  ) throws {
    let network = try MethodModel(name)
    // SqueezeNet's head has no linear layer behind its pooling.
    for method in CAMMethods.ofFeatureMaps where name == "cifar" || method.name != "cam" {
      let (layer, before) = layers(name, method)
      let maps = try [1, 2, 3].map { try network.explain(method, layer: layer, before: before, threads: $0) }
      for map in maps.dropFirst() {
        #expect(map.raw.values.map(\.bitPattern) == maps[0].raw.values.map(\.bitPattern), "\(method.name)")
      }
      #expect(
        maps[0].seed == (method.needs.contains(.randomness) ? 7 : nil) && maps[0].verdict == .ok, "\(method.name)")
    }
  }

  @Test(arguments: [1, 2, 3, 64]) func `Batches change nothing in any method`(_ batch: Int) throws {
    for name in ["cifar", "squeezenet1_0"] {
      let network = try MethodModel(name)
      for method in CAMMethods.ofFeatureMaps where !method.needs.isDisjoint(with: [.forwardPasses, .backwardPasses]) {
        let (layer, before) = layers(name, method)
        let usual = try network.explain(method, layer: layer, before: before)
        let batched = try network.explain(method, layer: layer, before: before) { $0.settings.batch = batch }
        expectClose(batched.raw.values, usual.raw.values, tolerance: 1e-5, "\(name) \(method.name)")
      }
    }
  }

  @Test(arguments: [1, 3]) func `Batches change nothing in the weights of a pooled head`(_ batch: Int) throws {
    let network = try MethodModel("cifar")
    let maps = try [nil, batch].map { batch in
      try network.explain(["gradcam"], layers: ["layer3"]) {
        $0.targets = [.all]
        $0.settings.batch = batch
      }
    }
    #expect(maps[0].count == 10)
    for (one, other) in zip(maps[0], maps[1]) { expectClose(other.raw.values, one.raw.values, tolerance: 1e-5) }
  }

  @Test func `Other seeds give other maps`() throws {
    let network = try MethodModel("cifar")
    for (one, other) in zip(try maps(network), try maps(network, seed: 8)) {
      #expect(one.raw != other.raw, "\(one.method.name)")
    }
  }

  @Test func `More samples leave a smaller error`() throws {
    let network = try MethodModel("cifar")
    for (few, many) in zip(try maps(network, samples: 4), try maps(network, samples: 64))
    where few.method.name != "randomcam" {
      let (rough, fine) = (try #require(few.samplingError), try #require(many.samplingError))
      #expect(fine < rough * 0.7 && fine > 0, "\(few.method.name): \(rough), \(fine)")
      #expect(few.samples == 4 && many.samples == 64)
    }
  }

  @Test func `A budget ends the sampling`() throws {
    let network = try MethodModel("cifar")
    let start = secondsNow()
    let maps = try network.explain(["rise", "smoothgrad"]) { $0.settings.budget = 0.2 }
    #expect(secondsNow() - start < 5)
    for map in maps {
      let samples = try #require(map.samples)
      #expect(samples >= 1 && map.samplingError != nil)
      let again = try network.explain([map.method.name]) { $0.settings.samples = samples }
      expectClose(again[0].raw.values, map.raw.values, tolerance: 1e-5)
    }
  }

  @Test func `Uniform and normal numbers`() {
    let random = CounterRandom(seed: 3, stream: 1)
    let uniform = (0..<20_000).map { Double(random.uniform($0)) }
    #expect(uniform.allSatisfy { (0..<1).contains($0) })
    #expect(abs(uniform.reduce(0, +) / 20_000 - 0.5) < 0.01)
    let normal = (0..<20_000).map { Double(random.normal($0)) }
    #expect(abs(normal.reduce(0, +)) / 20_000 < 0.03)
    #expect(abs(normal.reduce(0) { $0 + $1 * $1 } / 20_000 - 1) < 0.05)
    #expect(CounterRandom(seed: 3, stream: 2).bits(0) != random.bits(0))
    #expect(CounterRandom(seed: 4, stream: 1).bits(0) != random.bits(0))
  }
}
