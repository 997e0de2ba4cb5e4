/// Has values N H W C that only come from feature maps and go back to them stay feature maps N C H W, which lie in memory the same way.
///
/// PyTorch's code for ConvNeXt, Swin and others brings the channels last to norm and multiply them there. By the order that tensors are stored
/// in (`Tensor`) both transposes would copy; here they vanish, and each operation between runs along the channels of the map instead.
struct TurnedMaps {
  private let steps: [Program.Step]
  private let graph: Graph
  private let kept: Set<Slot>
  private var shapes: [Shape]
  private var consumers: [Slot: [Int]] = [:]
  private var roles: [Role]
  /// Whether a slot's value may stay a map.
  private var isTurned: [Bool]

  /// What a step is to values N H W C.
  private enum Role {
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

  /// Times that what one value forbids is carried to its neighbours; networks in use need two or three.
  private static let rounds = 16

  /// - Parameter shapes: by slot; those of new slots are appended.
  static func turn(
    _ steps: [Program.Step], _ graph: Graph, shapes: inout [Shape], kept: Set<Slot>
  ) -> [Program.Step] {
    // Nothing to find in a network that never brings channels last.
    guard steps.contains(where: { $0.outputs.contains { shapes[$0].rank == 4 } && isMove($0, graph, shapes) }) else {
      return steps
    }
    var turns = TurnedMaps(steps, graph, shapes, kept)
    guard turns.settle() else { return steps }
    let turned = turns.turnedSteps()
    shapes = turns.shapes
    return turned
  }

  private static func isMove(_ step: Program.Step, _ graph: Graph, _ shapes: [Shape]) -> Bool {
    guard let operation = graph.operation(of: step), step.inputs.count == 1 else { return false }
    return operation.movement(shapes[step.inputs[0]], shapes[step.outputs[0]]) != nil
  }

  private init(_ steps: [Program.Step], _ graph: Graph, _ shapes: [Shape], _ kept: Set<Slot>) {
    (self.steps, self.graph, self.shapes, self.kept) = (steps, graph, shapes, kept)
    for (index, step) in steps.enumerated() {
      for slot in Set(step.inputs) { consumers[slot, default: []].append(index) }
    }
    isTurned = Array(repeating: false, count: shapes.count)
    roles = steps.map { Self.role($0, graph, shapes) }
    for (step, role) in zip(steps, roles) {
      guard let slot = step.outputs.first, shapes[slot].rank == 4, !kept.contains(slot) else { continue }
      switch role {
      case .into, .reshaping, .along: isTurned[slot] = true
      case .outOf, .none: break
      }
    }
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

  /// Whether the slots were found; where that takes long, none are.
  private mutating func settle() -> Bool {
    for _ in 0..<Self.rounds {
      var isStable = true
      for index in Array(steps.indices) + steps.indices.reversed() where !mayStay(index) {
        isTurned[steps[index].outputs[0]] = false
        isStable = false
      }
      if isStable { return isTurned.contains(true) }
    }
    return false
  }

  /// Whether a step's output, if it is turned, can stay so.
  private func mayStay(_ index: Int) -> Bool {
    guard let slot = steps[index].outputs.first, isTurned[slot] else { return true }
    switch roles[index] {
    case .along: if !steps[index].inputs.allSatisfy({ isTurned[$0] }) { return false }
    case .reshaping:
      let input = steps[index].inputs[0]
      if shapes[input].rank == 4 && !isTurned[input] { return false }
    case .into, .outOf, .none: break
    }
    return (consumers[slot] ?? []).allSatisfy { user in
      switch roles[user] {
      case .outOf: true
      case .reshaping: shapes[steps[user].outputs[0]].rank != 4 || isTurned[steps[user].outputs[0]]
      case .along: isTurned[steps[user].outputs[0]]
      case .into, .none: false
      }
    }
  }

  private mutating func turnedSteps() -> [Program.Step] {
    /// By slot, the one that stands for it.
    var places: [Slot: Slot] = [:]
    var result: [Program.Step] = []
    for (index, step) in steps.enumerated() {
      let output = step.outputs.first
      var next = step
      next.inputs = step.inputs.map { places[$0] ?? $0 }
      if let output, isTurned[output] {
        if case .into = roles[index] {
          places[output] = next.inputs[0]
          continue
        }
        let shape = shapes[output].turned
        shapes.append(shape)
        places[output] = shapes.count - 1
        next.outputs = [shapes.count - 1]
        if case .along(let operation) = roles[index] { next.work = .operation(operation) }
        if case .reshaping = roles[index] { next.work = .operation(StoredReshape(shape: shape)) }
      } else if let output, let input = step.inputs.first, isTurned[input] {
        if case .outOf = roles[index] {
          if !kept.contains(output) {
            places[output] = next.inputs[0]
            continue
          }
          next.work = .operation(Identity())
        } else if case .reshaping = roles[index] {
          next.work = .operation(StoredReshape(shape: shapes[output]))
        }
      }
      result.append(next)
    }
    return result
  }
}

extension Shape {
  /// N C H W of N H W C.
  fileprivate var turned: Shape { Shape(self[0], self[3], self[1], self[2]) }
}
