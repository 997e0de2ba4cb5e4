import TestSupport
import Testing

@testable import GradCAMCore

/// Hooks against PyTorch's, on a residual block that uses one ReLU twice.
@Suite struct HookFixtureTests {
  @Test func `Calls every hook in PyTorch's order, with its values`() throws {
    let fixture = try Fixture("graph/calls")
    let session = Session(try Networks.residual(fixture))
    let expected = try #require(fixture.metadata["events"]).split(separator: "\n").map(String.init)
    let recorder = Recorder()
    for path in Set(expected.compactMap { $0.split(separator: " ", omittingEmptySubsequences: false).last }) {
      try record(String(path), session, recorder)
    }
    _ = try session.forward(try fixture.tensor("input"))
    try session.backward(try fixture.tensor("outputGradient"))
    #expect(recorder.events == expected)
    #expect(recorder.tensors.count == fixture.names.filter { $0.first?.isNumber ?? false }.count)
    for (name, tensor) in recorder.tensors.sorted(by: { $0.key < $1.key }) {
      expectClose(tensor, try fixture.tensor(name), tolerance: 1e-5, "\(name) of \(recorder.events)")
    }
  }

  private func record(_ path: String, _ session: Session, _ recorder: Recorder) throws {
    func note(_ kind: String, _ values: [String: Tensor?]) {
      for (name, value) in values { recorder.tensors["\(recorder.events.count).\(name)"] = value }
      recorder("\(kind) \(path)")
    }
    _ = try session.registerForwardHook(path) { _, inputs, output in
      note("forward", ["input": inputs[0], "output": output])
      return nil
    }
    _ = try session.registerFullBackwardHook(path, needsGradInputs: true) { _, gradInputs, gradOutputs in
      note("backward", ["gradInput": gradInputs[0], "gradOutput": gradOutputs[0]])
      return nil
    }
    _ = try session.registerFullBackwardPreHook(path) { _, gradOutputs in
      note("pre", ["gradOutput": gradOutputs[0]])
      return nil
    }
  }

  @Test func `Replaces values and gradients as PyTorch does`() throws {
    let fixture = try Fixture("graph/replacements")
    let session = Session(try Networks.residual(fixture))
    let recorder = Recorder()
    try registerReplacements(session)
    for path in ["block", "stem", ""] {
      _ = try session.registerFullBackwardHook(path, needsGradInputs: true) { _, gradInputs, gradOutputs in
        recorder.tensors["\(path).gradInput"] = gradInputs[0]
        recorder.tensors["\(path).gradOutput"] = gradOutputs[0]
        return nil
      }
    }
    let output = try session.forward(try fixture.tensor("input")).output
    try session.backward(try fixture.tensor("outputGradient"))
    expectClose(output, try fixture.tensor("output"), tolerance: 1e-5, "output")
    for name in ["block.gradInput", "block.gradOutput", "stem.gradInput", "stem.gradOutput"] {
      expectClose(try #require(recorder.tensors[name]), try fixture.tensor(name), tolerance: 1e-5, name)
    }
    let inputGradient = try fixture.tensor("inputGradient")
    expectClose(try #require(recorder.tensors[".gradInput"]), inputGradient, tolerance: 1e-5, "input gradient")
  }

  /// What `replacements` in the script registers.
  private func registerReplacements(_ session: Session) throws {
    let ramp = { (x: Tensor) in Tensor(x.logical().enumerated().map { $1 * Float($0) / 8 }, x.shape) }
    let flip = { (x: Tensor) in Tensor(x.logical().reversed(), x.shape) }
    _ = try session.registerForwardHook("maxpool") { _, _, y in Replacement(ramp(y), pullback: ramp) }
    _ = try session.registerForwardHook("maxpool") { _, _, y in
      Replacement(map(flip(y)) { $0 + 1 }, pullback: flip)
    }
    _ = try session.registerFullBackwardPreHook("block") { _, gradients in [map(gradients[0]) { $0 * 2 }] }
    _ = try session.registerFullBackwardPreHook("block") { _, gradients in [map(gradients[0]) { $0 + 0.25 }] }
    try replaceGradInput("block.conv1", session) { $0 * 0.5 }
    try replaceGradInput("block", session) { $0 - 0.125 }
    try replaceGradInput("block.relu", session) { max($0, 0) }
  }

  private func replaceGradInput(_ path: String, _ session: Session, _ body: @escaping (Float) -> Float) throws {
    _ = try session.registerFullBackwardHook(path, needsGradInputs: true) { _, gradInputs, _ in
      gradInputs.map { $0.map { map($0, body) } }
    }
  }
}

/// A tensor of the same shape with `body` applied to every element.
func map(_ tensor: Tensor, _ body: (Float) -> Float) -> Tensor { Tensor(tensor.logical().map(body), tensor.shape) }
