import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

@Suite struct BackwardHookTests {
  private let session = Session(Networks.classifier())
  private let recorder = Recorder()

  /// One pass there and back, of the first output's score.
  private func run(_ input: Tensor = Networks.input()) throws {
    let output = try session.forward(input).output
    try session.backward(Tensor(output.logical().indices.map { $0 % 2 == 0 ? 1 : 0 }, output.shape))
  }

  private func gradInputs(_ path: String, needed: Bool) throws {
    _ = try session.registerFullBackwardHook(path, needsGradInputs: needed) { [recorder] _, gradInputs, _ in
      recorder("\(path): \(gradInputs.map { $0?.shape.description ?? "nil" })")
      recorder.tensors[path] = gradInputs[0]
      return nil
    }
  }

  @Test func `Leaves grad inputs out unless they are needed`() throws {
    try gradInputs("features.1", needed: false)
    try run()
    #expect(recorder.events == [#"features.1: ["nil"]"#])
  }

  @Test func `Gives grad inputs that are needed`() throws {
    try gradInputs("features.1.add", needed: true)
    try run()
    #expect(recorder.events == [#"features.1.add: ["[1, 3, 5, 7]", "[1, 3, 5, 7]"]"#])
  }

  @Test func `Gives grad inputs that something upstream wants`() throws {
    try gradInputs("features.1", needed: false)
    try gradInputs("features.0", needed: false)
    try run()
    #expect(recorder.events == [#"features.1: ["[1, 3, 5, 7]"]"#, #"features.0: ["nil"]"#])
  }

  @Test func `Gives the input's gradient at the network itself`() throws {
    try gradInputs("", needed: true)
    try run()
    let gradient = try #require(recorder.tensors[""])
    let plain = Session(session.graph)
    var check = GradientCheck()
    check.step = 2e-3
    check.tolerance = 1e-2
    check.check(
      "the network", inputs: [Networks.input()],
      forward: { inputs in (try? plain.forward(inputs[0]).output) ?? inputs[0] },
      backward: { weights in
        try? session.backward(weights)
        return [recorder.tensors[""]]
      })
    #expect(gradient.shape == Networks.input().shape)
  }

  @Test func `Passes by modules whose output has no gradient`() throws {
    // A score of the logits does not come through the sigmoid, nor through the output of the head or the network.
    for path in ["", "head", "head.3", "head.2"] { try gradInputs(path, needed: true) }
    let output = try session.forward(Networks.input()).output
    try session.backward(Tensor([1, 0], output.shape), at: .logit)
    #expect(recorder.events == [#"head.2: ["[1, 3]"]"#])
  }

  @Test func `Fires blocks around their children where they share a value`() throws {
    for path in ["features.1.relu", "features", "features.1"] {
      _ = try session.registerForwardHook(path) { [recorder] module, _, _ in
        recorder("forward \(module.path)")
        return nil
      }
      _ = try session.registerFullBackwardHook(path) { [recorder] module, _, _ in
        recorder("backward \(module.path)")
        return nil
      }
      _ = try session.registerFullBackwardPreHook(path) { [recorder] module, _ in
        recorder("pre \(module.path)")
        return nil
      }
    }
    try run()
    let inner = ["features.1.relu", "features.1", "features"]
    #expect(Array(recorder.events.prefix(3)) == inner.map { "forward \($0)" })
    #expect(recorder.events.filter { $0.hasPrefix("pre") } == inner.reversed().map { "pre \($0)" })
    #expect(Set(recorder.events.suffix(6)) == Set(inner.flatMap { ["pre \($0)", "backward \($0)"] }))
  }

  @Test func `Shares a value between paths that are aliases`() throws {
    for path in ["features", "features.1", "features.1.relu"] { try session.capture(path, in: recorder) }
    try run()
    for part in ["activations", "gradients"] {
      let expected = try #require(recorder.tensors["features.\(part)"])
      for path in ["features.1", "features.1.relu"] {
        expectSameBytes(try #require(recorder.tensors["\(path).\(part)"]), expected, "\(path).\(part)")
      }
    }
    #expect(session.graph.canonicalPath("features.1.relu") == "features.1")
    #expect(session.graph.canonicalPath("features") == "features.1")
    #expect(session.graph.canonicalPath("features.1.bn1") == "features.1.bn1")
  }

  @Test func `Stops the gradient at a constant`() throws {
    try gradInputs("features.0", needed: false)
    _ = try session.registerForwardHook("features.1") { _, _, output in Replacement(map(output) { $0 + 1 }) }
    try gradInputs("features.1", needed: true)
    try run()
    // Nothing flows upstream of the constant; at the constant itself the hooks see the gradient of the new output.
    #expect(recorder.events == [#"features.1: ["nil"]"#])
  }

  @Test func `Lets the gradient through a pullback`() throws {
    try session.capture("features.0", in: recorder)
    try run()
    let plain = try #require(recorder.tensors["features.0.gradients"])
    _ = try session.registerForwardHook("features.1") { _, _, output in
      Replacement(output, pullback: { map($0) { $0 * -2 } })
    }
    try run()
    expectClose(try #require(recorder.tensors["features.0.gradients"]), map(plain) { $0 * -2 }, tolerance: 1e-6)
  }

  @Test func `Replaces grad outputs before the module`() throws {
    try session.capture("features.1", in: recorder)
    try session.capture("features.0", in: recorder)
    try run()
    let plain = try #require(recorder.tensors["features.0.gradients"])
    _ = try session.registerFullBackwardPreHook("features.1") { _, gradients in [map(gradients[0]) { $0 * 3 }] }
    let before = try #require(recorder.tensors["features.1.gradients"])
    try run()
    expectClose(try #require(recorder.tensors["features.1.gradients"]), map(before) { $0 * 3 }, tolerance: 1e-6)
    expectClose(try #require(recorder.tensors["features.0.gradients"]), map(plain) { $0 * 3 }, tolerance: 1e-5)
  }

  @Test func `Refuses gradients of another shape`() throws {
    let wrong = Tensor(repeating: 0, Shape(1, 3, 5, 8))
    try session.capture("features.0", in: recorder)
    try session.withHooks {
      _ = try session.registerFullBackwardPreHook("features.1") { _, _ in [wrong] }
      #expect(throws: InputError.self) { try run() }
    }
    try session.withHooks {
      _ = try session.registerFullBackwardPreHook("features.1") { _, _ in [] }
      #expect(throws: InputError.self) { try run() }
    }
    try session.withHooks {
      _ = try session.registerFullBackwardHook("features.1", needsGradInputs: true) { _, _, _ in [wrong] }
      #expect(throws: InputError.self) { try run() }
    }
    try session.withHooks {
      _ = try session.registerForwardHook("features.1") { _, _, output in Replacement(output, pullback: { _ in wrong })
      }
      #expect(throws: InputError.self) { try run() }
    }
    try session.withHooks {
      // A gradient is put where none came from: behind a constant.
      _ = try session.registerForwardHook("features.1.relu") { _, _, output in Replacement(output) }
      _ = try session.registerFullBackwardHook("features.1", needsGradInputs: true) { _, _, _ in [wrong] }
      #expect(throws: InputError.self) { try run() }
    }
    try run()
  }
}
