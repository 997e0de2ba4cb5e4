/// What it costs, in elements copied, to have values N H W C stay feature maps and not.
///
/// Values that one operation takes and gives form a group, which is turned as a whole or not at all.
struct TurnCosts {
  private let shapes: [Shape]
  /// By slot, one of its group, up to the one that names itself.
  private var parents: [Slot]
  /// Whether a step could take or give the slot as a map.
  private var isMember: [Bool]
  /// Whether the step that gives a slot can give a map.
  private var isGivenAsMap: [Bool]
  /// Whether some step takes a slot only as it is.
  private var isTakenPlain: [Bool]
  /// Elements that are copied, by slot that is not turned.
  private var costs: [Int]

  init(_ shapes: [Shape]) {
    self.shapes = shapes
    parents = Array(shapes.indices)
    isMember = Array(repeating: false, count: shapes.count)
    (isGivenAsMap, isTakenPlain) = (isMember, isMember)
    costs = Array(repeating: 0, count: shapes.count)
  }

  mutating func add(_ step: Program.Step, _ role: TurnedMaps.Role) {
    guard let output = step.outputs.first else { return }
    switch role {
    case .along(let operation):
      isGivenAsMap[output] = true
      for slot in step.inputs { join(slot, output) }
      join(output, output)
      // A product of rows copies what it takes and gives into order and back.
      if case .convolution? = operation.fusionPart {
        costs[output] += shapes[step.inputs[0]].count + shapes[output].count
      }
    case .reshaping:
      let input = step.inputs[0]
      switch (shapes[input].rank == 4, shapes[output].rank == 4) {
      case (true, true):
        isGivenAsMap[output] = true
        join(input, output)
      case (true, false): moves(input)
      case (false, true):
        isGivenAsMap[output] = true
        moves(output)
      case (false, false): break
      }
    case .into:
      isGivenAsMap[output] = true
      isTakenPlain[step.inputs[0]] = true
      moves(output)
    case .outOf: moves(step.inputs[0])
    case .none: for slot in step.inputs { isTakenPlain[slot] = true }
    }
  }

  /// By slot, whether it is turned.
  ///
  /// - Parameter kept: slots that are needed as they are beside the steps.
  mutating func turned(kept: Set<Slot>) -> [Bool] {
    var savings = [Int](repeating: 0, count: shapes.count)
    for slot in shapes.indices where isMember[slot] {
      let group = root(slot)
      savings[group] += costs[slot]
      if !isGivenAsMap[slot] { savings[group] -= shapes[slot].count }
      if isTakenPlain[slot] || kept.contains(slot) { savings[group] -= shapes[slot].count }
    }
    return shapes.indices.map { slot in isMember[slot] && savings[root(slot)] > 0 }
  }

  /// A copy of the slot's value is spared where it is turned.
  private mutating func moves(_ slot: Slot) {
    join(slot, slot)
    costs[slot] += shapes[slot].count
  }

  private mutating func join(_ a: Slot, _ b: Slot) {
    (isMember[a], isMember[b]) = (true, true)
    parents[root(a)] = root(b)
  }

  private mutating func root(_ slot: Slot) -> Slot {
    var slot = slot
    while parents[slot] != slot {
      parents[slot] = parents[parents[slot]]
      slot = parents[slot]
    }
    return slot
  }
}
