import ModelFormats

/// Turns a graph and the wants of its hooks into a program.
///
/// A hooked module gets boundaries: a step that its inputs enter by and one that its output leaves by. Hooks fire there, and
/// nothing is fused across them; modules without hooks leave no trace in the program.
struct ProgramCompiler {
  private let graph: Graph
  private let needs: [Int: HookTable.Needs]
  private let engine: Engine
  private var steps: [Program.Step] = []
  private var shapes: [Shape] = []
  private var slots: [Value: Slot] = [:]
  /// By call, the slots its inputs come in by, where they have their own.
  private var entries: [Int: [Value: Slot]] = [:]
  private var callInputs: [Int: [Slot]] = [:]

  /// - Parameters:
  ///   - source: the shape of what is fed in: the network's input, or what leaves `resumed`.
  ///   - resumed: the call at whose output the pass begins; nil for the input.
  ///   - beside: the shapes of what is fed in beside it, where connections pass the call by.
  ///   - wanted: values whose tensors outlive the pass.
  /// - Throws: `InputError` naming the module whose shapes do not fit.
  static func compile(
    _ graph: Graph, source: Shape, resumed: Int?, beside: [Value: Shape] = [:], wanted: [Value] = [],
    needs: [Int: HookTable.Needs], engine: Engine
  ) throws(InputError) -> Program {
    var compiler = ProgramCompiler(graph: graph, needs: needs, engine: engine)
    return try compiler.compile(source: source, resumed: resumed, beside: beside, wanted: wanted)
  }

  private mutating func compile(
    source: Shape, resumed: Int?, beside: [Value: Shape], wanted: [Value]
  ) throws(InputError) -> Program {
    let start = resumed.map { graph.calls[$0].output } ?? graph.input
    let first = newSlot(source)
    slots[start] = first
    for (value, shape) in beside.sorted(by: { $0.key.index < $1.key.index }) { slots[value] = newSlot(shape) }
    let fed = slots
    if let resumed { leaveCalls(around: resumed, value: start, resumed: resumed) }
    for index in try neededNodes(from: Set(fed.keys)) { try emit(index) }
    guard let output = slots[graph.output] else { preconditionFailure("a network without an output") }
    let batch = source.dimensions.first ?? 1
    guard batch == 1 || shapes[output].dimensions.first == batch else {
      throw InputError(
        "", "makes \(shapes[output]) of a batch of \(batch): it was exported for one image", remedy: "one at a time")
    }
    let wants = wantedGradients()
    let backward = steps.filter { step in (step.inputs + step.outputs).contains { wants[$0] } }
    var program = Program(
      source: first, output: output, logits: slots[graph.logits], shapes: shapes, wantsGradient: wants,
      forward: steps, backward: backward, firesOnEnter: [])
    for case .enter(let call) in backward.map(\.work)
    where entries[call]?.values.contains(where: { wants[$0] }) ?? false {
      program.firesOnEnter.insert(call)
    }
    (program.beside, program.wanted) = (fed.filter { $0.key != start }, wanted.compactMap { slots[$0] })
    let kept = keptSlots(program)
    let joined = AttentionFusion.fuse(steps, graph, shapes: shapes, kept: kept)
    let turned = TurnedMaps.turn(joined, graph, shapes: &shapes, kept: kept)
    program.shapes = shapes
    program.wantsGradient += Array(repeating: false, count: shapes.count - wants.count)
    program.forward = Fusion.fuse(turned, graph, shapes: shapes, kept: kept, engine)
    Program.planReleases(&program.forward, kept: kept)
    let leaving = Set([output, program.logits ?? output] + fed.values + program.wanted)
    program.memory = MemoryPlan(program.forward, shapes: shapes, kept: kept, leaving: leaving)
    return program
  }

  private mutating func newSlot(_ shape: Shape) -> Slot {
    shapes.append(shape)
    return shapes.count - 1
  }

  /// The nodes between what is fed in and the output, in execution order.
  private func neededNodes(from fed: Set<Value>) throws(InputError) -> [Int] {
    var needed = [Bool](repeating: false, count: graph.nodes.count)
    var open = [graph.output]
    while let value = open.popLast() {
      if fed.contains(value) { continue }
      guard let node = graph.producer(value) else {
        throw InputError(
          "", "a connection passes the layer by, so that the network cannot be resumed there",
          remedy: "a layer that everything passes through")
      }
      if needed[value.index - 1] { continue }
      needed[value.index - 1] = true
      open += node.inputs
    }
    return needed.indices.filter { needed[$0] }
  }

  private mutating func emit(_ index: Int) throws(InputError) {
    let node = graph.nodes[index]
    let calls = graph.enclosingCalls(node.call)
    for call in calls.reversed() where callInputs[call] == nil { enter(call) }
    let inputs = node.inputs.map { slot($0, inside: calls) }
    let shape: Shape
    do {
      shape = try node.operation.outputShape(of: inputs.map { shapes[$0] })
    } catch {
      throw graph.shapeError(error, node)
    }
    let output = newSlot(shape)
    steps.append(Program.Step(work: .node(index), inputs: inputs, outputs: [output]))
    slots[node.output] = output
    leaveCalls(around: node.call, value: node.output, resumed: nil)
  }

  /// Opens a call: notes where its inputs lie and, for backward hooks, gives them slots of their own.
  private mutating func enter(_ call: Int) {
    let record = graph.calls[call]
    let outside = record.parent.map(graph.enclosingCalls) ?? []
    // Where a pass is resumed inside a call, the call's inputs are not known.
    let known = record.inputs.filter { value in find(value, inside: outside) != nil }
    let sources = known.map { slot($0, inside: outside) }
    callInputs[call] = known.count == record.inputs.count ? sources : []
    guard needs[record.module]?.backward ?? false, !known.isEmpty else { return }
    let inner = sources.map { newSlot(shapes[$0]) }
    entries[call] = Dictionary(zip(known, inner), uniquingKeysWith: { first, _ in first })
    steps.append(Program.Step(work: .enter(call: call), inputs: sources, outputs: inner))
  }

  /// Closes the calls that `value` leaves, innermost first.
  private mutating func leaveCalls(around call: Int, value: Value, resumed: Int?) {
    for call in graph.enclosingCalls(call) where graph.calls[call].output == value {
      guard let needs = needs[graph.calls[call].module], let source = slots[value] else { continue }
      let fires = needs.forward && call != resumed
      let output = newSlot(shapes[source])
      let inputs = [source] + (fires ? callInputs[call] ?? [] : [])
      steps.append(
        Program.Step(work: .leave(call: call, firesForwardHooks: fires), inputs: inputs, outputs: [output]))
      slots[value] = output
    }
  }

  private func find(_ value: Value, inside calls: [Int]) -> Slot? {
    for call in calls {
      if let slot = entries[call]?[value] { return slot }
    }
    return slots[value]
  }

  private func slot(_ value: Value, inside calls: [Int]) -> Slot {
    guard let slot = find(value, inside: calls) else { preconditionFailure("a value used before it is computed") }
    return slot
  }

  /// By slot, whether a backward pass has to reach it: hooks wait at it, or upstream of it.
  private func wantedGradients() -> [Bool] {
    var wants = [Bool](repeating: false, count: shapes.count)
    // The source's slot is the first.
    wants[0] = needs[HookTable.source]?.gradInputs ?? false
    for step in steps {
      var wanted = step.inputs.contains { wants[$0] }
      switch step.work {
      case .enter(let call): wanted = wanted || (needs[graph.calls[call].module]?.gradInputs ?? false)
      case .leave(let call, _):
        wanted = wants[step.inputs[0]] || (needs[graph.calls[call].module]?.backward ?? false)
      case .node, .operation, .write: break
      }
      for output in step.outputs { wants[output] = wanted }
    }
    return wants
  }

  /// Slots whose tensors outlive the forward pass.
  private func keptSlots(_ program: Program) -> Set<Slot> {
    var kept = Set([program.output] + program.wanted)
    if let logits = program.logits { kept.insert(logits) }
    for step in steps {
      guard case .node(let index) = step.work, step.inputs.contains(where: { program.wantsGradient[$0] }) else {
        continue
      }
      let keeps = graph.nodes[index].operation.keeps
      if keeps.contains(.inputs) { kept.formUnion(step.inputs) }
      if keeps.contains(.output) { kept.formUnion(step.outputs) }
    }
    return kept
  }
}

extension Program {
  /// Notes at each step which tensors are used there for the last time.
  static func planReleases(_ steps: inout [Step], kept: Set<Slot>) {
    var seen = kept
    for index in steps.indices.reversed() {
      let slots = steps[index].inputs + steps[index].outputs
      steps[index].frees = slots.filter { seen.insert($0).inserted }.sorted()
    }
  }
}
