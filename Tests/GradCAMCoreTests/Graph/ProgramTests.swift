import TestSupport
import Testing

@testable import GradCAMCore

/// What a pass is planned to do: nothing for hooks that are not there, and no step back that nobody waits for.
@Suite struct ProgramTests {
  private let graph = Networks.classifier()
  private let source = Shape(1, 2, 5, 7)

  private func program(_ needs: [String: HookTable.Needs]) throws -> Program {
    var byModule: [Int: HookTable.Needs] = [:]
    for (path, need) in needs { byModule[try graph.resolve(path)] = need }
    return try ProgramCompiler.compile(graph, source: source, resumed: nil, needs: byModule, engine: .auto)
  }

  /// What the steps do: modules' paths, with `+` for what is joined to a convolution.
  private func describe(_ steps: [Program.Step]) -> [String] {
    steps.map { step in
      switch step.work {
      case .write(let fused as FusedConvolution):
        "conv" + (fused.scale == nil ? "" : "+bn") + (fused.addsResidual ? "+add" : "")
          + (fused.activation == .relu ? "+relu" : fused.activation == .silu ? "+silu" : "")
      case .node, .operation, .write: graph.modules[graph.calls[graph.nodes[step.node ?? 0].call].module].path
      case .enter(let call): "enter \(graph.modules[graph.calls[call].module].path)"
      case .leave(let call, _): "leave \(graph.modules[graph.calls[call].module].path)"
      }
    }
  }

  private static let head = ["head.0", "head.flatten", "head.1", "head.2", "head.3"]

  @Test func `Joins everything without hooks`() throws {
    let program = try program([:])
    #expect(
      describe(program.forward) == [
        "conv+bn+relu", "conv", "conv+bn+add+relu", "features.1.shortcut", "conv+bn+add+relu",
      ] + Self.head)
    #expect(program.backward.isEmpty)
    #expect(!program.wantsGradient.contains(true))
  }

  @Test func `Frees every value that nobody needs`() throws {
    let program = try program([:])
    let freed = program.forward.flatMap(\.frees)
    #expect(freed.count == Set(freed).count, "freed twice")
    let used = Set(program.forward.flatMap { $0.inputs + $0.outputs })
    #expect(used.subtracting(freed) == [program.output, try #require(program.logits)])
  }

  @Test func `Goes back to the layer and no further`() throws {
    let program = try program(["features.1": HookTable.Needs(forward: true, backward: true)])
    #expect(describe(program.backward) == ["leave features.1"] + Self.head)
    #expect(describe(program.forward).contains("conv+bn+add+relu"), "what lies before the layer is still joined")
  }

  @Test func `Goes through the module for grad inputs`() throws {
    let needs = HookTable.Needs(backward: true, gradInputs: true)
    let inside = ["conv1", "bn1", "shortcut", "add", "relu"].map { "features.1.\($0)" }
    let backward = describe(try program(["features.1": needs]).backward)
    #expect(backward == ["enter features.1"] + inside + ["leave features.1"] + Self.head)
  }

  @Test func `Parts joined steps only where a hook looks`() throws {
    // A forward hook sees its module's inputs, too.
    let program = try program(["features.0.bn1": HookTable.Needs(forward: true)])
    let start = ["conv", "features.0.bn1", "leave features.0.bn1", "features.0.relu"]
    #expect(describe(program.forward) == start + describe(try self.program([:]).forward).dropFirst())
    #expect(program.backward.isEmpty)
  }

  @Test func `Takes no notice of paths beside the gradient`() throws {
    let needs = HookTable.Needs(backward: true)
    let backward = describe(try program(["features.0.shortcut": needs]).backward)
    #expect(!backward.contains("features.0.conv1"))
    #expect(!backward.contains("features.0.bn2"))
    #expect(Array(backward.prefix(3)) == ["leave features.0.shortcut", "features.0.add", "features.0.relu_1"])
  }

  @Test func `Does not join a sum of one value with itself`() throws {
    let builder = GraphBuilder(kind: "Double")
    let y = builder.add(Networks.conv(2, 2, seed: 1), builder.input, as: "conv")
    let graph = builder.graph(output: builder.function(Add(), y, y))
    let session = Session(graph)
    let recorder = Recorder()
    try session.capture("conv", in: recorder)
    let output = try session.forward(Networks.input()).output
    expectClose(output, map(try #require(recorder.tensors["conv.activations"])) { 2 * $0 }, tolerance: 0)
    try session.backward(Tensor(repeating: 1, output.shape))
    #expect(recorder.tensors["conv.gradients"]?.logical().allSatisfy { $0 == 2 } ?? false)
  }
}
