import TestSupport
import Testing

@testable import GradCAMCore

/// Places in the arena: nobody's value is overwritten while somebody may still read it.
@Suite struct MemoryPlanTests {
  private func program(
    _ graph: Graph, _ source: Shape, _ needs: [String: HookTable.Needs] = [:]
  ) throws -> Program {
    var byModule: [Int: HookTable.Needs] = [:]
    for (path, need) in needs { byModule[try graph.resolve(path)] = need }
    return try ProgramCompiler.compile(graph, source: source, resumed: nil, needs: byModule, engine: .auto)
  }

  /// Goes through a pass and notes who wrote each place last.
  private func expectNoOverlap(_ program: Program) {
    var owners: [Slot: Range<Int>] = [:]
    // Slots whose memory is another's, through operations that may hand their input on.
    var sources: [Slot: [Slot]] = [:]
    func roots(_ slot: Slot) -> [Slot] { sources[slot]?.flatMap(roots) ?? [slot] }
    func expectUntouched(_ slot: Slot) {
      for root in roots(slot) where program.memory.places[root] != nil {
        #expect(owners[root] != nil, "slot \(root) was overwritten before its last use")
      }
    }
    for step in program.forward {
      step.inputs.forEach(expectUntouched)
      guard case .write = step.work, let output = step.outputs.first else {
        for output in step.outputs { sources[output] = step.inputs }
        continue
      }
      guard let place = program.memory.places[output] else { continue }
      let range = place..<place + program.shapes[output].count
      #expect(range.upperBound <= program.memory.size)
      for input in step.inputs.flatMap(roots) {
        #expect(owners[input].map { !$0.overlaps(range) } ?? true, "a step writes over its own input")
      }
      owners = owners.filter { !$0.value.overlaps(range) }
      owners[output] = range
    }
    for step in program.backward {
      guard case .node = step.work else { continue }
      (step.inputs + step.outputs).filter { program.memory.places[$0] != nil && owners[$0] != nil }.forEach(
        expectUntouched)
    }
    for slot in [program.output, program.logits].compactMap({ $0 }).flatMap(roots) {
      #expect(program.memory.places[slot] == nil, "what leaves the pass lies in the arena")
    }
  }

  @Test func `Shares memory without overlap`() throws {
    let graph = Networks.classifier()
    let plain = try program(graph, Shape(1, 2, 5, 7))
    #expect(!plain.memory.places.isEmpty)
    expectNoOverlap(plain)
    let hooked = HookTable.Needs(forward: true, backward: true, gradInputs: true)
    for path in graph.modulePaths { expectNoOverlap(try program(graph, Shape(3, 2, 5, 7), [path: hooked])) }
  }

  @Test func `Keeps what the backward pass reads`() throws {
    let graph = Networks.classifier()
    let program = try program(
      graph, Shape(1, 2, 5, 7), ["features.0": HookTable.Needs(backward: true, gradInputs: true)])
    var read: Set<Slot> = []
    for step in program.backward {
      guard case .node(let index) = step.work else { continue }
      let keeps = graph.nodes[index].operation.keeps
      if keeps.contains(.inputs) { read.formUnion(step.inputs) }
      if keeps.contains(.output) { read.formUnion(step.outputs) }
    }
    let kept = read.compactMap { slot in
      program.memory.places[slot].map { $0..<$0 + program.shapes[slot].count }
    }
    for step in program.forward {
      guard case .write = step.work, let place = program.memory.places[step.outputs[0]] else { continue }
      let range = place..<place + program.shapes[step.outputs[0]].count
      #expect(kept.filter { $0.overlaps(range) }.count <= 1, "a kept value shares its place")
    }
  }

  @Test func `Takes less than the sum of all values`() throws {
    let program = try program(Networks.classifier(), Shape(1, 2, 31, 33))
    let sum = program.memory.places.keys.reduce(0) { $0 + program.shapes[$1].count }
    #expect(program.memory.size < sum)
  }

  @Test func `Hooks may keep what they see`() throws {
    let session = Session(Networks.classifier())
    var seen: [(Tensor, [Float])] = []
    for path in session.graph.modulePaths {
      _ = try session.registerForwardHook(path) { _, inputs, output in
        seen += (inputs + [output]).map { ($0, $0.logical()) }
        return nil
      }
    }
    _ = try session.forward(Networks.values(Shape(1, 2, 5, 7), seed: 1))
    _ = try session.forward(Networks.values(Shape(1, 2, 5, 7), seed: 2))
    #expect(!seen.isEmpty)
    for (tensor, values) in seen { #expect(tensor.logical() == values, "overwritten after a hook saw it") }
  }
}
