import Glibc
public import ModelFormats
import Synchronization

/// Shares out the memory that can be had among works that are under way at once.
///
/// One that does not fit beside the others waits for them; one that does not fit by itself is refused. They are let in in the order in
/// which they asked, so that a large one is not put off for ever by small ones.
public final class MemoryBudget: Sendable {
  private struct State {
    /// What works that were let in take, as far as they said.
    var taken = MemoryNeed()
    var count = 0
    /// Numbers of works, and whose turn it is.
    var (next, turn) = (0, 0)
  }

  private enum Answer {
    case admitted, waits
    case refused(MemoryHeadroom)
  }

  private let state = Mutex(State())
  private let measure: @Sendable () -> MemoryHeadroom
  /// Up to here nobody looks: a small part of what could be had at the beginning.
  private let ease: Int

  /// - Parameters:
  ///   - first: what can be had at the beginning.
  ///   - measure: tells what can be had later.
  public init(_ first: MemoryHeadroom, measure: @escaping @Sendable () -> MemoryHeadroom = MemoryHeadroom.now) {
    self.measure = measure
    // A limit of addresses is close at hand where somebody sets one, and cheap to look at.
    ease = first.addressable == .max ? first.fillable / 4 : 0
  }

  /// Takes memory for a work; `release` gives it back.
  ///
  /// - Parameter what: what takes it, with its verb.
  /// - Throws: `InputError` without a subject where it cannot be had, even when nothing else is under way.
  public func take(_ need: MemoryNeed, _ what: Message, remedy: Message? = nil) throws(InputError) {
    let number = state.withLock { state in
      state.next += 1
      return state.next - 1
    }
    while true {
      switch state.withLock({ admit(need, number, &$0) }) {
      case .admitted: return
      case .refused(let headroom): throw .noMemory(need, headroom: headroom, what, remedy: remedy)
      case .waits: usleep(5000)
      }
    }
  }

  /// Gives back what a work took.
  public func release(_ need: MemoryNeed) {
    state.withLock { state in
      state.taken = state.taken - need
      state.count -= 1
    }
  }

  private func admit(_ need: MemoryNeed, _ number: Int, _ state: inout State) -> Answer {
    guard state.turn == number else { return .waits }
    // Others have some of theirs already, which is counted twice here: near the limit fewer run at once than could.
    let all = state.taken + need
    if all.filled > ease {
      var headroom = measure()
      if !headroom.has(all) {
        if state.count > 0 { return .waits }
        // What was freed is kept for the next work, and this one may want it in another form.
        MemoryHeadroom.trim()
        headroom = measure()
        guard headroom.has(need) else {
          state.turn += 1
          return .refused(headroom)
        }
      }
    }
    state.taken = all
    state.count += 1
    state.turn += 1
    return .admitted
  }
}

/// One work's part of a budget, given back with this object at the latest.
public final class MemoryClaim: Sendable {
  private let budget: MemoryBudget
  private let taken = Mutex<MemoryNeed?>(nil)

  /// Nothing yet.
  public init(_ budget: MemoryBudget) { self.budget = budget }

  deinit { release() }

  /// Takes memory in the place of what was taken before; parameters and errors are those of `MemoryBudget.take`.
  public func take(_ need: MemoryNeed, _ what: Message, remedy: Message? = nil) throws(InputError) {
    release()
    try budget.take(need, what, remedy: remedy)
    taken.withLock { $0 = need }
  }

  /// Gives back what was taken; harmless when nothing was.
  public func release() {
    let need = taken.withLock { taken in
      defer { taken = nil }
      return taken
    }
    if let need { budget.release(need) }
  }
}
