import CKernels
import Glibc
import Synchronization

/// The threads that share out one session's loops: the caller's own, and helpers that wait for it.
///
/// A pass has a loop every few microseconds. Helpers therefore look out for the next one for a while before they sleep: waking a
/// sleeping thread takes as long as a small layer. Loops are run by one thread at a time.
public final class Workers: Sendable {
  /// The caller alone.
  static let one = Workers(1)

  /// How many threads share a loop, the caller's included.
  let count: Int
  private let crew: Crew?

  init(_ count: Int) {
    self.count = max(count, 1)
    crew = count > 1 ? Crew(helpers: count - 1) : nil
  }

  deinit { crew?.dismiss() }

  /// Calls `body` once in each worker that comes in time, at the same time, with the worker's number; the caller is worker 0.
  func run(_ body: (_ worker: Int) -> Void) {
    guard let crew else { return body(0) }
    crew.run(body)
  }
}

/// Helpers, and the loop that they are at. Outlives its owner until the last helper has left.
///
/// Unchecked, since the compiler cannot see that a loop's body is written only while no helper is at one.
private final class Crew: @unchecked Sendable {
  private typealias Body = (Int) -> Void

  /// The loop's number above, then whether it may still be joined, and how many helpers are at it. A helper that comes late, since
  /// its core had other work, finds the loop closed: nobody waits for it.
  private let state = Atomic(0)
  private let sleepers = Atomic(0)
  private let isDismissed = Atomic(false)
  private let isRunning = Atomic(false)
  private let isHired = Atomic(false)
  private var body: Body?
  private var generation = 0
  private let helpers: Int
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>

  private static let isOpen = 1 << 15
  private static let one = 1 << 16
  private static let atIt = isOpen - 1

  /// Looks at the next loop before a helper sleeps: some tenths of a millisecond.
  private static let patience = 20_000

  init(helpers: Int) {
    self.helpers = helpers
    mutex = .allocate(capacity: 1)
    wake = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(wake)
    mutex.deallocate()
    wake.deallocate()
  }

  /// Runs `body` in the caller and in every helper that comes before the caller is through; returns when all are.
  func run(_ body: (Int) -> Void) {
    // A loop inside a loop's body is the business of the worker that meets it.
    guard !isRunning.exchange(true, ordering: .acquiring) else { return body(0) }
    defer { isRunning.store(false, ordering: .releasing) }
    hire()
    withoutActuallyEscaping(body) { body in
      self.body = body
      generation += 1
      state.store(generation * Self.one | Self.isOpen, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 { rouse() }
      body(0)
      state.bitwiseAnd(~Self.isOpen, ordering: .acquiringAndReleasing)
      var looks = 0
      while state.load(ordering: .acquiring) & Self.atIt > 0 { pause(&looks) }
      self.body = nil
    }
  }

  func dismiss() {
    isDismissed.store(true, ordering: .sequentiallyConsistent)
    rouse()
  }

  private func rouse() {
    pthread_mutex_lock(mutex)
    sleepers.store(0, ordering: .sequentiallyConsistent)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(mutex)
  }

  /// Starts the helpers, before their first loop: a session that never runs costs no thread.
  private func hire() {
    guard !isHired.exchange(true, ordering: .relaxed) else { return }
    for number in 1...helpers {
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(crew: self, number: number))
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
          start.crew.serve(start.number)
          return nil
        }, start.toOpaque())
      if status == 0 {
        pthread_detach(thread)
      } else {
        // The system gives no more threads: those that are there do the work.
        start.release()
      }
    }
  }

  private final class Start {
    let crew: Crew
    let number: Int
    init(crew: Crew, number: Int) { (self.crew, self.number) = (crew, number) }
  }

  private func serve(_ number: Int) {
    var seen = 0
    while let state = awaitLoop(after: seen) {
      seen = state / Self.one
      let joined = self.state.compareExchange(
        expected: state, desired: state + 1, ordering: .acquiringAndReleasing)
      if joined.exchanged {
        body?(number)
        self.state.subtract(1, ordering: .releasing)
      } else if joined.original & Self.isOpen != 0 {
        // Another helper joined at the same moment.
        seen -= 1
      }
    }
  }

  /// The state of an open loop later than `seen`; nil when there will be none.
  private func awaitLoop(after seen: Int) -> Int? {
    var looks = 0
    while true {
      if isDismissed.load(ordering: .relaxed) { return nil }
      let state = state.load(ordering: .acquiring)
      if state / Self.one != seen && state & Self.isOpen != 0 { return state }
      if looks >= Self.patience {
        sleep(after: seen)
        looks = 0
      }
      pause(&looks)
    }
  }

  private func sleep(after seen: Int) {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    let state = state.load(ordering: .sequentiallyConsistent)
    let isWanted = state / Self.one != seen && state & Self.isOpen != 0
    if !isWanted && !isDismissed.load(ordering: .sequentiallyConsistent) { pthread_cond_wait(wake, mutex) }
    pthread_mutex_unlock(mutex)
  }

  /// Lets a little time pass; more of it, and the core to others, the longer the wait.
  private func pause(_ looks: inout Int) {
    looks += 1
    if looks % 1024 == 0 { sched_yield() } else { gradcam_pause() }
  }
}
