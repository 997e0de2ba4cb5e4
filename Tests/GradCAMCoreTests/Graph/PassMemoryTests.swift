import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// What a pass takes, counted by hand.
@Suite struct PassMemoryTests {
  /// A convolution of 3×3 from 1 channel to 2, a ReLU, a fourfold repetition each way, a pooling over everything, and a list.
  private func graph() -> Graph {
    let builder = GraphBuilder(kind: "Net")
    let weight = Tensor(repeating: 0.5, Shape(2, 1, 3, 3))
    var x = builder.add(Conv2d(weight: weight, padding: Padding(1)), builder.input, as: "conv")
    x = builder.add(ReLU(), x, as: "relu")
    x = builder.add(Tile([1, 1, 4, 4]), x, as: "tile")
    x = builder.add(AdaptiveAvgPool2d(), x, as: "pool")
    return builder.graph(output: builder.add(Flatten(), x, as: "flat"))
  }

  @Test func `A forward pass takes the arena and what lies outside it`() throws {
    let graph = graph()
    let session = Session(graph)
    let memory = try session.memory(for: Shape(1, 1, 8, 8))
    // The tile, of 2×32×32, is made beside the ReLU's output, which lies in the arena; the input has 64 floats.
    #expect(memory.values >= (2 * 32 * 32 + 64) * 4)
    #expect(memory.values + memory.arena <= (2 * 32 * 32 + 64 + 2 * (2 * 8 * 8)) * 4 + 1024)
  }

  @Test func `Gradients count as far as hooks ask for them`() throws {
    let graph = graph()
    let session = Session(graph)
    let plain = try session.memory(for: Shape(1, 1, 8, 8))
    _ = try session.registerFullBackwardHook("tile") { _, _, _ in nil }
    let hooked = try session.memory(for: Shape(1, 1, 8, 8))
    // What left the tile is done with before its gradient, of the same size, is made.
    #expect(hooked.values >= plain.values && hooked.values < 2 * plain.values)
    _ = session.registerSourceHook { _ in }
    let whole = try session.memory(for: Shape(1, 1, 8, 8))
    // The gradients at the tile and at what it repeats live at once.
    #expect(whole.values >= (2 * 32 * 32 + 2 * 8 * 8) * 4)
    #expect(whole.weights == plain.weights + 2 * 9 * 4)
  }

  @Test func `A larger input takes more, a batch as many times`() throws {
    let graph = graph()
    func bytes(_ shape: Shape) throws -> Int {
      let memory = try Session(graph).memory(for: shape)
      return memory.arena + memory.values
    }
    let one = try bytes(Shape(1, 1, 8, 8))
    #expect(try bytes(Shape(1, 1, 16, 16)) > 3 * one)
    #expect(try bytes(Shape(4, 1, 8, 8)) > 3 * one)
  }

  @Test func `The rough estimate is no less than the exact one`() throws {
    for methods: [any CAMMethod] in [[GradCAM()], [LayerCAM(), ScoreCAM()], [Saliency()], [RISE()]] {
      let model = try SmallModel().network().model
      var options = Explainer.Options()
      options.methods = methods
      let setup = try Explainer.Setup(model, options)
      #expect(try setup.mostMemory().all.filled >= setup.memory().all.filled)
    }
  }
}
