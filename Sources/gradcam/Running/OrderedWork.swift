import Dispatch
import Synchronization

/// Runs work on many items at once and hands out the results in the items' order.
///
/// Items are asked for as workers become free, and no further ahead of the last delivered result than `window`: one item that takes
/// long does not let the results behind it pile up.
enum OrderedWork {
  private struct State<Result> {
    var delivered = 0
    var waiting: [Int: Result] = [:]
    var failure: (any Error)?
  }

  private struct Source<Item> {
    var next: () throws -> Item?
    var count = 0
    var isAtEnd = false

    /// The next item with its number.
    mutating func take() throws -> (Int, Item)? {
      guard !isAtEnd else { return nil }
      guard let item = try next() else {
        isAtEnd = true
        return nil
      }
      count += 1
      return (count - 1, item)
    }
  }

  /// - Parameters:
  ///   - next: the next item, nil after the last; one call at a time.
  ///   - workers: how many run at once.
  ///   - makeWorker: called once in each worker; what it returns does that worker's items.
  ///   - deliver: gets each result as soon as all before it were delivered; one call at a time. What it throws ends the work.
  static func run<Item: Sendable, Result: Sendable>(
    _ next: sending @escaping () throws -> Item?, workers: Int, window: Int,
    makeWorker: @escaping @Sendable () throws -> (Item) -> Result,
    deliver: @escaping @Sendable (Result) throws -> Void
  ) throws {
    let source = Mutex(Source<Item>(next: next))
    let state = Mutex(State<Result>())
    // Counts up from nothing: a semaphore must not be destroyed below the value that it was made with.
    let room = DispatchSemaphore(value: 0)
    for _ in 0..<max(window, workers) { room.signal() }
    @Sendable func fail(_ error: any Error) {
      state.withLock { if $0.failure == nil { $0.failure = error } }
      for _ in 0..<workers { room.signal() }
    }
    Threads.perform(max(1, workers)) { _ in
      do {
        let work = try makeWorker()
        while true {
          room.wait()
          guard state.withLock({ $0.failure == nil }), let (number, item) = try source.withLock({ try $0.take() })
          else {
            // The place goes to another worker, which may be waiting to learn that there is nothing more.
            room.signal()
            break
          }
          let result = work(item)
          try state.withLock { state in
            guard state.failure == nil else { return }
            state.waiting[number] = result
            while let ready = state.waiting.removeValue(forKey: state.delivered) {
              state.delivered += 1
              defer { room.signal() }
              // Kept before another worker may deliver what comes next.
              do { try deliver(ready) } catch {
                state.failure = error
                throw error
              }
            }
          }
        }
      } catch {
        fail(error)
      }
    }
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
