import ModelFormats
import TestSupport
import Testing

@testable import GradCAMCore

/// Registering and removing hooks, and what remains of them: nothing.
@Suite struct HookLifetimeTests {
  private let session = Session(Networks.classifier())
  private let recorder = Recorder()

  private func fused() throws -> Bool {
    _ = try session.forward(Networks.input())
    let steps = try #require(session.pass).program.forward
    let boundaries = steps.contains { step in
      switch step.work {
      case .enter, .leave: true
      case .node(let index): session.graph.nodes[index].operation is Conv2d
      case .write, .operation: false
      }
    }
    let kept = try #require(session.pass).values.compactMap { $0 }.count
    return !boundaries && kept == 2
  }

  @Test func `Hooked passes give the same bytes`() throws {
    let plain = try session.forward(Networks.input()).output
    for path in session.graph.modulePaths + [""] {
      _ = try session.registerForwardHook(path) { _, _, _ in nil }
      _ = try session.registerFullBackwardHook(path, needsGradInputs: true) { _, _, _ in nil }
      expectSameBytes(try session.forward(Networks.input()).output, plain, path)
    }
  }

  @Test func `Removal leaves no trace`() throws {
    let plain = try session.forward(Networks.input()).output
    #expect(try fused())
    let handles = [
      try session.registerForwardHook("features.0.bn1") { _, _, output in Replacement(map(output) { $0 + 1 }) },
      try session.registerFullBackwardHook("features.0", needsGradInputs: true) { _, _, _ in nil },
      try session.registerFullBackwardPreHook("") { _, _ in nil },
    ]
    #expect(try session.forward(Networks.input()).output.logical() != plain.logical())
    #expect(try !fused())
    for handle in handles + handles { handle.remove() }
    expectSameBytes(try session.forward(Networks.input()).output, plain)
    #expect(try fused())
  }

  @Test func `A dropped handle leaves its hook in place`() throws {
    _ = try session.registerForwardHook("features") { [recorder] _, _, _ in
      recorder("fired")
      return nil
    }
    _ = try session.forward(Networks.input())
    #expect(recorder.events == ["fired"])
  }

  @Test func `A handle may outlive its session`() throws {
    var other: Session? = Session(session.graph)
    let handle = try other?.registerForwardHook("features") { _, _, _ in nil }
    other = nil
    handle?.remove()
  }

  @Test func `A scope removes its hooks and no others`() throws {
    struct Stop: Error {}
    func register(_ name: String) throws -> RemovableHandle {
      try session.registerForwardHook("features") { [recorder] _, _, _ in
        recorder(name)
        return nil
      }
    }
    let outer = try register("outer")
    #expect(throws: Stop.self) {
      try session.withHooks {
        _ = try register("scoped")
        try session.withHooks { _ = try register("nested") }
        _ = try session.forward(Networks.input())
        throw Stop()
      }
    }
    _ = try session.forward(Networks.input())
    #expect(recorder.events == ["outer", "scoped", "outer"])
    outer.remove()
    #expect(try fused())
  }

  @Test func `Finds modules by negative numbers`() throws {
    let graph = session.graph
    #expect(try graph.resolve("features.-1") == graph.moduleIndex("features.1"))
    #expect(try graph.resolve("features.-2.conv1") == graph.moduleIndex("features.0.conv1"))
    #expect(try graph.resolve("head.-1") == graph.moduleIndex("head.3"))
    #expect(try graph.resolve("") == 0)
    for path in ["features.-3", "features.-0", "features.0.-1", "-1", "features.-9223372036854775808", "head.1.-1"] {
      #expect(throws: InputError.self, "\(path)") { try graph.resolve(path) }
    }
  }

  @Test func `Names the nearest modules`() throws {
    let error = try #require(throws: InputError.self) {
      try session.registerForwardHook("features.0.conv3") { _, _, _ in nil }
    }
    #expect(error.subject == "features.0.conv3")
    #expect(error.remedy?.description.contains("features.0.conv1") ?? false)
    for path in ["features.", ".features", "features..0", "nothing like it at all", "features.2", "Features"] {
      #expect(throws: InputError.self, "\(path)") {
        try session.registerFullBackwardHook(path) { _, _, _ in nil }
      }
      #expect(throws: InputError.self, "\(path)") { try session.registerFullBackwardPreHook(path) { _, _ in nil } }
    }
  }

  @Test func `Lists modules as they run`() {
    #expect(
      Array(session.graph.modulePaths.prefix(11)) == [
        "features", "features.0", "features.0.conv1", "features.0.bn1", "features.0.relu", "features.0.conv2",
        "features.0.bn2", "features.0.shortcut", "features.0.add", "features.0.relu_1", "features.1",
      ])
  }
}
