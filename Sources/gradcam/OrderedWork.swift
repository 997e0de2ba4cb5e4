import Dispatch
import Synchronization

/// Runs work on many items at once and hands out the results in the items' order.
enum OrderedWork {
  private struct State<Result> {
    var next = 0
    var waiting: [Int: Result] = [:]
    var failure: (any Error)?
  }

  /// - Parameters:
  ///   - count: how many items there are.
  ///   - workers: how many run at once.
  ///   - makeWorker: called once in each worker; what it returns does that worker's items.
  ///   - deliver: gets each result as soon as all before it were delivered; one call at a time. What it throws ends the work.
  static func run<Result: Sendable>(
    _ count: Int, workers: Int, makeWorker: @escaping @Sendable () throws -> (Int) -> Result,
    deliver: @escaping @Sendable (Result) throws -> Void
  ) throws {
    let index = Atomic(0)
    let state = Mutex(State<Result>())
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, count))) { _ in
      do {
        let work = try makeWorker()
        while state.withLock({ $0.failure == nil }) {
          let item = index.add(1, ordering: .relaxed).oldValue
          if item >= count { break }
          let result = work(item)
          try state.withLock { state in
            state.waiting[item] = result
            while let ready = state.waiting.removeValue(forKey: state.next) {
              state.next += 1
              try deliver(ready)
            }
          }
        }
      } catch {
        state.withLock { if $0.failure == nil { $0.failure = error } }
      }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
