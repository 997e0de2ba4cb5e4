/// Where a forward pass keeps what only its own steps see: places in one arena, which values share whose lives do not overlap.
///
/// What hooks see and what leaves the pass has memory of its own, since whoever gets it may keep it.
struct MemoryPlan {
  /// By slot, where it begins in the arena, in floats.
  private(set) var places: [Slot: Int] = [:]
  /// Floats of the arena.
  private(set) var size = 0

  /// Floats that places are multiples of: a cache line.
  private static let line = 16

  init() {}

  /// - Parameters:
  ///   - steps: of the forward pass, fused.
  ///   - kept: slots that are needed after the pass.
  ///   - leaving: slots that somebody outside gets.
  init(_ steps: [Program.Step], shapes: [Shape], kept: Set<Slot>, leaving: Set<Slot>) {
    let lives = Lives(steps, kept: kept, leaving: leaving)
    var free = FreePlaces()
    for (index, step) in steps.enumerated() {
      if step.writer != nil, let slot = step.outputs.first, !lives.leaving.contains(slot) {
        let length = max((shapes[slot].count + Self.line - 1) / Self.line, 1) * Self.line
        places[slot] = take(length, from: &free)
      }
      for slot in lives.ending[index] {
        guard let place = places[slot] else { continue }
        let length = max((shapes[slot].count + Self.line - 1) / Self.line, 1) * Self.line
        free.release(place..<place + length)
      }
    }
  }

  /// The smallest gap that is large enough, or new memory at the end.
  private mutating func take(_ length: Int, from free: inout FreePlaces) -> Int {
    if let start = free.take(length) { return start }
    // A gap at the end need only grow.
    let start = free.takeLast(endingAt: size) ?? size
    size = start + length
    return start
  }
}

/// How long each slot's memory is in use.
private struct Lives {
  /// By step, the slots that end with it.
  var ending: [[Slot]]
  var leaving: Set<Slot>

  init(_ steps: [Program.Step], kept: Set<Slot>, leaving: Set<Slot>) {
    ending = Array(repeating: [], count: steps.count)
    self.leaving = leaving
    for step in steps {
      // Hooks may keep what they see.
      if case .leave(_, true) = step.work { self.leaving.formUnion(step.inputs) }
    }
    var last: [Slot: Int] = [:]
    for slot in kept { last[slot] = steps.count }
    for (index, step) in steps.enumerated().reversed() {
      var end = index
      if step.writer == nil {
        // What it gives may lie in the memory of what it got.
        end = step.outputs.reduce(index) { max($0, last[$1] ?? index) }
        if step.outputs.contains(where: self.leaving.contains) { self.leaving.formUnion(step.inputs) }
      }
      for slot in step.inputs { last[slot] = max(last[slot] ?? 0, end) }
      for slot in step.outputs where last[slot] == nil { last[slot] = index }
    }
    for (slot, index) in last where index < steps.count { ending[index].append(slot) }
  }
}
