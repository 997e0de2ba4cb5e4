import Glibc
import ModelFormats
import Synchronization

/// Whether a signal asks the run to end: what is under way is finished then, and nothing new begun.
final class StopRequest: Sendable {
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  private let received = Atomic<Int32>(0)
  private let isUnderWay = Atomic(false)
  /// How long pipes are waited for: until the first signal.
  let pipes: PipeWait
  /// The terminal on which the first signal is answered.
  private let terminal: Int32?

  init(_ pipes: PipeWait = PipeWait(), answeringOn terminal: Int32? = nil) {
    (self.pipes, self.terminal) = (pipes, terminal)
  }

  /// The signal that came; nil while none did.
  var signal: Int32? {
    let number = received.load(ordering: .sequentiallyConsistent)
    return number == 0 ? nil : number
  }

  /// What the process says when a signal ended it, as shells do: 130 after an interrupt.
  static func exitStatus(_ signal: Int32) -> Int32 { 128 + signal }

  /// Has signals ask, in the place of ending the process. Those that the process was started to ignore stay ignored.
  ///
  /// Must be called before other threads are started, which inherit what this one blocks. A signal before `begin` ends the process
  /// still, and so does a second one.
  ///
  /// - Parameters:
  ///   - pipes: what is waited for until the first signal.
  ///   - terminal: where it is answered; nil for nowhere.
  static func listening(_ pipes: PipeWait, answeringOn terminal: Int32?) -> StopRequest {
    let request = StopRequest(pipes, answeringOn: terminal)
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

  /// From now on there is nothing to finish any more: a signal ends the process. One that came before is in `signal`.
  func finish() { isUnderWay.store(false, ordering: .sequentiallyConsistent) }

  fileprivate func take(_ number: Int32) {
    let isFirst = received.compareExchange(expected: 0, desired: number, ordering: .sequentiallyConsistent).exchanged
    guard isFirst, isUnderWay.load(ordering: .sequentiallyConsistent) else { _exit(Self.exitStatus(number)) }
    pipes.end()
    if let terminal { Self.answer(on: terminal) }
  }

  /// Says what the run waits for. A terminal that takes nothing now is not waited for, and no lock that another thread may hold.
  private static func answer(on terminal: Int32) {
    var end = pollfd(fd: terminal, events: Int16(POLLOUT), revents: 0)
    guard poll(&end, 1, 0) == 1, end.revents == Int16(POLLOUT) else { return }
    // Over the meter, which is drawn anew below.
    let line = "\r\u{1B}[Kgradcam: finishing what is under way; a second signal ends the run at once\n"
    _ = Array(line.utf8).withUnsafeBytes { Glibc.write(terminal, $0.baseAddress, $0.count) }
  }

  /// Has nobody wait for input any more, as a signal does: the run ends for another reason.
  func endWaits() { pipes.end() }

  /// Whether `descriptor` has something to read, or has ended; with `waits`, waits for that, and false says that a signal came first.
  func canRead(_ descriptor: Int32, waits: Bool) -> Bool { pipes.canRead(descriptor, waits: waits) }
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
