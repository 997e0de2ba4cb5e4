import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

@Suite struct ForwardHookTests {
  @Test func `Sees the module, its inputs and its output`() throws {
    let session = Session(Networks.classifier())
    let recorder = Recorder()
    for path in ["features.0", "features.0.conv1", "features.0.add", "head.2", ""] {
      _ = try session.registerForwardHook(path) { module, inputs, output in
        recorder("\(module.path) \(module.kind) \(inputs.map(\.shape)) \(output.shape)")
        return nil
      }
    }
    _ = try session.forward(Networks.input(2))
    #expect(
      recorder.events == [
        "features.0.conv1 Conv2d [[2, 2, 5, 7]] [2, 3, 5, 7]",
        "features.0.add add [[2, 3, 5, 7], [2, 3, 5, 7]] [2, 3, 5, 7]",
        "features.0 Block [[2, 2, 5, 7]] [2, 3, 5, 7]",
        "head.2 Linear [[2, 3]] [2, 2]",
        " Classifier [[2, 2, 5, 7]] [2, 2]",
      ])
  }

  @Test func `Runs hooks in the order of registration unless prepended`() throws {
    let session = Session(Networks.classifier())
    let recorder = Recorder()
    for (name, prepend) in [("a", false), ("b", false), ("c", true), ("d", true)] {
      _ = try session.registerForwardHook("features", prepend: prepend) { _, _, _ in
        recorder("forward \(name)")
        return nil
      }
      _ = try session.registerFullBackwardHook("features", prepend: prepend) { _, _, _ in
        recorder("backward \(name)")
        return nil
      }
      _ = try session.registerFullBackwardPreHook("features", prepend: prepend) { _, _ in
        recorder("pre \(name)")
        return nil
      }
    }
    let output = try session.forward(Networks.input()).output
    try session.backward(output)
    #expect(recorder.events == ["forward", "pre", "backward"].flatMap { kind in "dcab".map { "\(kind) \($0)" } })
  }

  @Test func `Fires at every call of a shared module and keeps the last`() throws {
    let session = Session(try Networks.residual(Fixture("graph/calls")))
    let recorder = Recorder()
    _ = try session.registerForwardHook("block.relu") { _, inputs, output in
      recorder("call")
      recorder.tensors["relu"] = output
      return nil
    }
    try session.capture("block", in: recorder)
    _ = try session.forward(try Fixture("graph/calls").tensor("input"))
    #expect(recorder.events == ["call", "call"])
    expectSameBytes(try #require(recorder.tensors["relu"]), try #require(recorder.tensors["block.activations"]))
    #expect(session.graph.lastCall("block.relu")?.output == session.graph.lastCall("block")?.output)
  }

  @Test func `Hands a replacement on to later hooks and modules`() throws {
    let session = Session(Networks.classifier())
    let recorder = Recorder()
    let plain = try session.forward(Networks.input()).output
    try session.withHooks {
      _ = try session.registerForwardHook("head.2") { _, _, output in Replacement(map(output) { $0 * 0 + 2 }) }
      _ = try session.registerForwardHook("head.2") { _, _, output in
        recorder.tensors["second"] = output
        return Replacement(map(output) { $0 + 1 })
      }
      let outputs = try session.forward(Networks.input())
      #expect(recorder.tensors["second"]?.logical() == [2, 2])
      #expect(outputs.logits?.logical() == [3, 3])
      #expect(outputs.output.logical() == [Sigmoid.value(3), Sigmoid.value(3)])
    }
    expectSameBytes(try session.forward(Networks.input()).output, plain)
  }

  @Test func `Refuses a replacement of another shape`() throws {
    let session = Session(Networks.classifier())
    let handle = try session.registerForwardHook("features.1") { _, _, _ in
      Replacement(Tensor(repeating: 0, Shape(1, 3, 5, 6)))
    }
    let error = try #require(throws: InputError.self) { try session.forward(Networks.input()) }
    #expect(error.subject == "features.1")
    #expect(error.description.contains("[1, 3, 5, 6]"))
    handle.remove()
    _ = try session.forward(Networks.input())
  }

  @Test func `Reaches modules that do nothing`() throws {
    let session = Session(Networks.classifier())
    let plain = try session.forward(Networks.input()).output
    let recorder = Recorder()
    for path in ["features.1.shortcut", "head.1"] {
      _ = try session.registerForwardHook(path) { module, inputs, output in
        recorder("\(module.path) \(module.kind)")
        #expect(inputs.map { $0.logical() } == [output.logical()])
        return Replacement(map(output) { $0 * 0 })
      }
    }
    let changed = try session.forward(Networks.input()).output
    #expect(recorder.events == ["features.1.shortcut Sequential", "head.1 Dropout"])
    #expect(changed.logical() != plain.logical())
    // What a hook puts in the place of an empty shortcut is not what the rest of the block sees.
    let bias = Networks.values(Shape(2), seed: 108).logical()
    expectClose(changed.logical(), bias.map(Sigmoid.value), "the bias alone is left behind zeros")
  }

  @Test func `May register and remove hooks while it runs`() throws {
    let session = Session(Networks.classifier())
    let recorder = Recorder()
    var later: RemovableHandle?
    let first = try session.registerForwardHook("features.0") { _, _, _ in
      recorder("first")
      later?.remove()
      _ = try session.registerForwardHook("features.0") { _, _, _ in
        recorder("new")
        return nil
      }
      return nil
    }
    later = try session.registerForwardHook("features.1") { _, _, _ in
      recorder("removed")
      return nil
    }
    _ = try session.forward(Networks.input())
    #expect(recorder.events == ["first"])
    first.remove()
    _ = try session.forward(Networks.input())
    #expect(recorder.events == ["first", "new"])
  }

  @Test func `Propagates what a hook throws and goes on`() throws {
    struct Stop: Error {}
    let session = Session(Networks.classifier())
    let plain = try session.forward(Networks.input()).output
    let handle = try session.registerForwardHook("features.0") { _, _, _ in throw Stop() }
    #expect(throws: Stop.self) { try session.forward(Networks.input()) }
    // The pass that failed left nothing to go back through, not even the one before.
    #expect(throws: InputError.self) { try session.backward(plain) }
    handle.remove()
    expectSameBytes(try session.forward(Networks.input()).output, plain)
    _ = try session.registerFullBackwardHook("features.0") { _, _, _ in throw Stop() }
    _ = try session.forward(Networks.input())
    #expect(throws: Stop.self) { try session.backward(plain) }
  }
}
