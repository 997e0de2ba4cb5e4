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
    var free: [Range<Int>] = []
    for (index, step) in steps.enumerated() {
      if step.writer != nil, let slot = step.outputs.first, !lives.leaving.contains(slot) {
        let length = max((shapes[slot].count + Self.line - 1) / Self.line, 1) * Self.line
        places[slot] = take(length, from: &free)
      }
      for slot in lives.ending[index] {
        guard let place = places[slot] else { continue }
        let length = max((shapes[slot].count + Self.line - 1) / Self.line, 1) * Self.line
        Self.release(place..<place + length, to: &free)
      }
    }
  }

  /// The smallest gap that is large enough, or new memory at the end.
  private mutating func take(_ length: Int, from free: inout [Range<Int>]) -> Int {
    let fitting = free.indices.filter { free[$0].count >= length }
    if let index = fitting.min(by: { free[$0].count < free[$1].count }) {
      let gap = free[index]
      free[index] = gap.lowerBound + length..<gap.upperBound
      if free[index].isEmpty { free.remove(at: index) }
      return gap.lowerBound
    }
    // A gap at the end need only grow.
    let start = free.last.flatMap { $0.upperBound == size ? $0.lowerBound : nil } ?? size
    if start < size { free.removeLast() }
    size = start + length
    return start
  }

  private static func release(_ range: Range<Int>, to free: inout [Range<Int>]) {
    let index = free.firstIndex { $0.lowerBound > range.lowerBound } ?? free.count
    free.insert(range, at: index)
    if index + 1 < free.count, free[index].upperBound == free[index + 1].lowerBound {
      free[index] = free[index].lowerBound..<free.remove(at: index + 1).upperBound
    }
    if index > 0, free[index - 1].upperBound == free[index].lowerBound {
      free[index - 1] = free[index - 1].lowerBound..<free.remove(at: index).upperBound
    }
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
