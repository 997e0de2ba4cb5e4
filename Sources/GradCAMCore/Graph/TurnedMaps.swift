/// Has values N H W C stay feature maps N C H W, which lie in memory the same way, wherever that saves copies.
///
/// PyTorch's code for ConvNeXt, Swin and others brings the channels last to norm and multiply them there. By the order that tensors are stored
/// in (`Tensor`) transposes and reshapes would copy; here they vanish, and each operation between runs along the channels of the map instead.
/// Values that flow into one another stay maps together or not at all (`TurnCosts`); a copy stands where others need them as they are.
struct TurnedMaps {
  private let steps: [Program.Step]
  private let roles: [Role]
  private let kept: Set<Slot>
  private var shapes: [Shape]
  /// Whether a slot's value stays a map.
  private let isTurned: [Bool]
  /// By slot, the one that holds its value as a map.
  private var maps: [Slot: Slot] = [:]
  /// By slot, the one that holds its value as it is.
  private var plain: [Slot: Slot] = [:]
  private var result: [Program.Step] = []

  /// What a step is to values N H W C.
  enum Role {
    /// From N C H W.
    case into
    /// To N C H W.
    case outOf
    /// To or from another number of axes, in logical order.
    case reshaping
    /// An operation on maps.
    case along(any Operation)
    case none
  }

  /// - Parameter shapes: by slot; those of new slots are appended.
  static func turn(
    _ steps: [Program.Step], _ graph: Graph, shapes: inout [Shape], kept: Set<Slot>
  ) -> [Program.Step] {
    // Nothing to find in a network that never brings channels last.
    guard steps.contains(where: { $0.outputs.contains { shapes[$0].rank == 4 } && isMove($0, graph, shapes) }) else {
      return steps
    }
    let roles = steps.map { role($0, graph, shapes) }
    var costs = TurnCosts(shapes)
    for (step, role) in zip(steps, roles) { costs.add(step, role) }
    let isTurned = costs.turned(kept: kept)
    guard isTurned.contains(true) else { return steps }
    var turns = TurnedMaps(steps: steps, roles: roles, kept: kept, shapes: shapes, isTurned: isTurned)
    for index in steps.indices { turns.rewrite(at: index) }
    shapes = turns.shapes
    return turns.result
  }

  private static func isMove(_ step: Program.Step, _ graph: Graph, _ shapes: [Shape]) -> Bool {
    guard let operation = graph.operation(of: step), step.inputs.count == 1 else { return false }
    return operation.movement(shapes[step.inputs[0]], shapes[step.outputs[0]]) != nil
  }

  private static func role(_ step: Program.Step, _ graph: Graph, _ shapes: [Shape]) -> Role {
    guard let operation = graph.operation(of: step) else { return .none }
    let inputs = step.inputs.map { shapes[$0] }
    let output = shapes[step.outputs[0]]
    if inputs.count == 1, let movement = operation.movement(inputs[0], output), movement.parts.isEmpty {
      let isPlain = output.rank == 4 && inputs[0].rank == 4
      switch movement.order {
      case nil: return .reshaping
      case [0, 2, 3, 1] where isPlain: return .into
      case [0, 3, 1, 2] where isPlain: return .outOf
      default: return .none
      }
    }
    guard output.rank == 4, inputs.allSatisfy({ $0.rank == 4 }) else { return .none }
    return operation.turned(inputs).map(Role.along) ?? .none
  }

  private init(steps: [Program.Step], roles: [Role], kept: Set<Slot>, shapes: [Shape], isTurned: [Bool]) {
    (self.steps, self.roles, self.kept, self.shapes, self.isTurned) = (steps, roles, kept, shapes, isTurned)
  }

  private mutating func rewrite(at index: Int) {
    var step = steps[index]
    let input = step.inputs.first
    guard let output = step.outputs.first else { return result.append(step) }
    switch roles[index] {
    case .along(let operation) where isTurned[output]:
      step.inputs = step.inputs.map { map($0) }
      step.work = .operation(operation)
      appendMap(step, of: output)
    case .reshaping where isTurned[output]:
      // Of another rank, or a map of the same elements in the same order.
      step.inputs = step.inputs.map { isTurned[$0] ? map($0) : plain($0) }
      step.work = .operation(StoredReshape(shape: shapes[output].turned))
      appendMap(step, of: output)
    case .into where isTurned[output]:
      maps[output] = input.map { plain($0) }
      if kept.contains(output) { copyBack(output) }
    case .outOf where input.map { isTurned[$0] } ?? false:
      step.inputs = step.inputs.map { map($0) }
      if kept.contains(output) {
        step.work = .operation(Identity())
        result.append(step)
      } else {
        plain[output] = step.inputs[0]
      }
    case .reshaping where input.map { isTurned[$0] } ?? false:
      step.inputs = step.inputs.map { map($0) }
      step.work = .operation(StoredReshape(shape: shapes[output]))
      result.append(step)
    case .along, .reshaping, .into, .outOf, .none:
      step.inputs = step.inputs.map { plain($0) }
      result.append(step)
    }
  }

  /// Appends a step that gives `output` as a map.
  private mutating func appendMap(_ step: Program.Step, of output: Slot) {
    var step = step
    step.outputs = [newSlot(shapes[output].turned)]
    maps[output] = step.outputs[0]
    result.append(step)
    if kept.contains(output) { copyBack(output) }
  }

  /// The slot that holds a value as a map, which it is copied to if there is none.
  private mutating func map(_ slot: Slot) -> Slot {
    if let place = maps[slot] { return place }
    let place = newSlot(shapes[slot].turned)
    let source = plain(slot)
    result.append(Program.Step(work: .operation(Transpose([0, 3, 1, 2])), inputs: [source], outputs: [place]))
    (maps[slot], plain[slot]) = (place, source)
    return place
  }

  /// The slot that holds a value as it is, likewise.
  private mutating func plain(_ slot: Slot) -> Slot {
    if let place = plain[slot] { return place }
    copyBack(slot)
    return slot
  }

  private mutating func copyBack(_ slot: Slot) {
    guard plain[slot] == nil, let place = maps[slot] else { return }
    plain[slot] = slot
    result.append(Program.Step(work: .operation(Transpose([0, 2, 3, 1])), inputs: [place], outputs: [slot]))
  }

  private mutating func newSlot(_ shape: Shape) -> Slot {
    shapes.append(shape)
    return shapes.count - 1
  }
}

extension Shape {
  /// N C H W of N H W C.
  fileprivate var turned: Shape { Shape(self[0], self[3], self[1], self[2]) }
}
