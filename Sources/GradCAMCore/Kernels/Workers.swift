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
  public let count: Int
  private let crew: Crew?

  public init(_ count: Int) {
    self.count = max(count, 1)
    crew = count > 1 ? Crew(helpers: count - 1) : nil
  }

  deinit { crew?.dismiss() }

  /// Calls `body` once in each of up to `limit` workers, at the same time, with the worker's number.
  func run(upTo limit: Int, _ body: (_ worker: Int) -> Void) {
    guard let crew, limit > 1 else { return body(0) }
    crew.run(body)
  }
}

/// Helpers, and the loop that they are at. Outlives its owner until the last helper has left.
///
/// Unchecked, since the compiler cannot see that the loop's body is written only while every helper waits.
private final class Crew: @unchecked Sendable {
  private typealias Body = (Int) -> Void

  /// Counts loops; helpers wait for it to change.
  private let generation = Atomic(0)
  /// Helpers that are still at the present loop.
  private let busy = Atomic(0)
  private let sleepers = Atomic(0)
  private let isDismissed = Atomic(false)
  private let isRunning = Atomic(false)
  private var body: Body?
  private let helpers: Int
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private let isHired = Atomic(false)

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

  /// Runs `body` in the caller and in every helper, and returns when all are through.
  func run(_ body: (Int) -> Void) {
    // A loop inside a loop's body is the business of the worker that meets it.
    guard !isRunning.exchange(true, ordering: .acquiring) else { return body(0) }
    defer { isRunning.store(false, ordering: .releasing) }
    hire()
    withoutActuallyEscaping(body) { body in
      self.body = body
      busy.store(helpers, ordering: .relaxed)
      generation.add(1, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 { rouse() }
      body(0)
      var looks = 0
      while busy.load(ordering: .acquiring) > 0 { pause(&looks) }
      self.body = nil
    }
  }

  func dismiss() {
    isDismissed.store(true, ordering: .sequentiallyConsistent)
    generation.add(1, ordering: .sequentiallyConsistent)
    rouse()
  }

  private func rouse() {
    pthread_mutex_lock(mutex)
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
      precondition(status == 0, "the system gives no thread")
      pthread_detach(thread)
    }
  }

  private final class Start {
    let crew: Crew
    let number: Int
    init(crew: Crew, number: Int) { (self.crew, self.number) = (crew, number) }
  }

  private func serve(_ number: Int) {
    var seen = 0
    while true {
      awaitLoop(after: seen)
      seen += 1
      if isDismissed.load(ordering: .acquiring) { return }
      body?(number)
      busy.subtract(1, ordering: .releasing)
    }
  }

  private func awaitLoop(after seen: Int) {
    var looks = 0
    while looks < Self.patience {
      if generation.load(ordering: .acquiring) != seen { return }
      pause(&looks)
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen { pthread_cond_wait(wake, mutex) }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }

  /// Lets a little time pass; more of it, and the core to others, the longer the wait.
  private func pause(_ looks: inout Int) {
    looks += 1
    if looks % 1024 == 0 { sched_yield() } else { gradcam_pause() }
  }
}
