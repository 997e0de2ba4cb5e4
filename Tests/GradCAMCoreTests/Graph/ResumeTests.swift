import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Passes that begin at a layer, from given activations.
@Suite struct ResumeTests {
  private let session = Session(Networks.classifier())
  private let recorder = Recorder()

  @Test(arguments: ["features.0", "features", "features.1", "features.1.relu", "head.0", "head.1", "head.2", ""])
  func `Gives what a full pass gives`(_ path: String) throws {
    let full = try session.withHooks {
      try session.capture(path, in: recorder)
      return try session.forward(Networks.input(2))
    }
    let activations = try #require(recorder.tensors["\(path).activations"])
    let resumed = try session.forward(resumingAt: path, with: activations)
    expectSameBytes(resumed.output, full.output, path)
    #expect(resumed.logits?.logical() == (path.isEmpty ? nil : full.logits?.logical()))
  }

  @Test func `Takes a batch of any size`() throws {
    try session.capture("features", in: recorder)
    let single = try session.forward(Networks.input()).output.logical()
    let activations = try #require(recorder.tensors["features.activations"])
    let values = activations.logical()
    let batch = Tensor(values + values.map { $0 * 0 } + values, Shape(3, 3, 5, 7))
    let output = try session.forward(resumingAt: "features", with: batch).output
    #expect(output.shape == Shape(3, 2))
    expectClose(Array(output.logical().prefix(2)), single, tolerance: 1e-5)
    expectClose(Array(output.logical().suffix(2)), single, tolerance: 1e-5)
    #expect(output.logical()[2] != single[0])
  }

  @Test(arguments: [
    "features.0.conv1", "features.0.bn2", "features.0.shortcut", "features.1.bn1", "features.1.shortcut",
  ])
  func `Refuses a layer that a connection passes by`(_ path: String) throws {
    let error = try #require(throws: InputError.self) {
      try session.forward(resumingAt: path, with: Tensor(repeating: 0, Shape(1, 3, 5, 7)))
    }
    #expect(error.subject == "\(path)")
    #expect(error.problem.description.contains("passes the layer by"))
  }

  @Test func `Refuses activations that do not fit`() throws {
    #expect(throws: InputError.self) {
      try session.forward(resumingAt: "features.0", with: Tensor(repeating: 0, Shape(1, 4, 5, 7)))
    }
    #expect(throws: InputError.self) {
      try session.forward(resumingAt: "features.2", with: Tensor(repeating: 0, Shape(1, 3, 5, 7)))
    }
  }

  @Test func `Goes back to the layer it began at`() throws {
    for path in ["features.0", "features.1"] { try session.capture(path, in: recorder) }
    _ = try session.forward(Networks.input(2))
    let weights = Tensor([1, 0, 0, 1], Shape(2, 2))
    try session.backward(weights)
    let expected = recorder.tensors
    let activations = try #require(expected["features.0.activations"])
    recorder.tensors = [:]
    _ = try session.forward(resumingAt: "features.0", with: activations)
    #expect(recorder.tensors["features.0.activations"] == nil, "the layer's own forward hooks do not fire")
    #expect(recorder.tensors["features.1.activations"] != nil)
    try session.backward(weights)
    for path in ["features.0", "features.1"] {
      let found = try #require(recorder.tensors["\(path).gradients"])
      expectSameBytes(found, try #require(expected["\(path).gradients"]), path)
    }
  }

  @Test func `Goes back through modules whose inputs are unknown`() throws {
    // The whole network and `features` are hooked, and the pass begins inside both.
    for path in ["", "features"] {
      _ = try session.registerFullBackwardHook(path, needsGradInputs: true) { [recorder] module, gradInputs, _ in
        recorder("\(module.path): \(gradInputs.map { $0 == nil })")
        return nil
      }
      _ = try session.registerForwardHook(path) { [recorder] module, inputs, _ in
        recorder("\(module.path): \(inputs.count) inputs")
        return nil
      }
    }
    let output = try session.forward(resumingAt: "features.0", with: Tensor(repeating: 1, Shape(1, 3, 5, 7))).output
    try session.backward(output)
    #expect(recorder.events == ["features: 0 inputs", ": 0 inputs", ": [true]", "features: [true]"])
  }

  @Test func `Has no logits behind them`() throws {
    let output = try session.forward(resumingAt: "head", with: Tensor(repeating: 0.5, Shape(1, 2)))
    #expect(output.logits == nil)
    #expect(throws: InputError.self) { try session.backward(output.output, at: .logit) }
    try session.backward(output.output)
  }
}
