import Glibc
import Synchronization

/// Whether a signal asks the run to end: what is under way is finished then, and nothing new begun.
final class StopRequest: Sendable {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  private let received = Atomic<Int32>(0)
  private let isUnderWay = Atomic(false)
  /// A pipe that the first signal writes to, to end waits for input.
  private let wake: (reading: Int32, writing: Int32)

  init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 { for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
    wake = (ends[0], ends[1])
  }

  deinit {
    close(wake.reading)
    close(wake.writing)
  }

  /// The signal that came; nil while none did.
  var signal: Int32? {
    let number = received.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// What the process says when a signal ended it, as shells do: 130 after an interrupt.
  static func exitStatus(_ signal: Int32) -> Int32 { 128 + signal }

  /// Has signals ask, in the place of ending the process. Those that the process was started to ignore stay ignored.
  ///
  /// Must be called before other threads are started, which inherit what this one blocks. A signal before `begin` ends the process
  /// still, and so does a second one.
  static func listening() -> StopRequest {
    let request = StopRequest()
    var set = sigset_t()
    sigemptyset(&set)
    for number in signals {
      var action = sigaction()
      sigaction(number, nil, &action)
      // SIG_IGN is the handler at address 1.
      if unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) != 1 { sigaddset(&set, number) }
    }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    var thread = pthread_t()
    let waiter = Unmanaged.passRetained(Waiter(request, set)).toOpaque()
    let failure = pthread_create(&thread, nil, waitForSignals, waiter)
    if failure == 0 { pthread_detach(thread) } else { pthread_sigmask(SIG_UNBLOCK, &set, nil) }
    return request
  }

  /// From now on there is something to finish.
  func begin() { isUnderWay.store(true, ordering: .releasing) }

  fileprivate func take(_ number: Int32) {
    let isFirst = received.compareExchange(expected: 0, desired: number, ordering: .acquiringAndReleasing).exchanged
    guard isFirst, isUnderWay.load(ordering: .acquiring) else { _exit(Self.exitStatus(number)) }
    endWaits()
  }

  /// Has nobody wait for input any more, as a signal does: the run ends for another reason.
  func endWaits() {
    var byte: UInt8 = 1
    _ = write(wake.writing, &byte, 1)
  }

  /// Whether `descriptor` has something to read, or has ended; with `waits`, waits for that, and false says that a signal came first.
  func canRead(_ descriptor: Int32, waits: Bool) -> Bool {
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let count = poll(&descriptors, 2, waits ? -1 : 0)
      if count < 0 && errno == EINTR { continue }
      if descriptors[1].revents != 0 { return false }
      // What cannot be polled is read, and says then what is wrong.
      return count != 0
    }
  }
}

/// What the thread that waits for signals needs.
private final class Waiter: Sendable {
  let request: StopRequest
  let set: sigset_t

  init(_ request: StopRequest, _ set: sigset_t) { (self.request, self.set) = (request, set) }
}

private func waitForSignals(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let waiter = Unmanaged<Waiter>.fromOpaque(context).takeRetainedValue()
  var set = waiter.set
  while true {
    var number: Int32 = 0
    if sigwait(&set, &number) == 0 { waiter.request.take(number) }
  }
}
