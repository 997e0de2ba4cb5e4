import Dispatch
import Glibc

/// Threads that are started one by one. Dispatch waits for ever for one that the system does not give.
enum Threads {
  /// Runs `body` on a thread of its own.
  ///
  /// - Returns: false where the system gives none; `body` is not run then.
  static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(body))
    let status = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, work.toOpaque())
    guard status == 0 else {
      work.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// Calls `body` once for every number below `count`, all at the same time as far as there are threads, and returns when all are done.
  /// The caller does its part.
  static func perform(_ count: Int, _ body: @escaping @Sendable (_ index: Int) -> Void) {
    let group = DispatchGroup()
    var left: [Int] = []
    for index in stride(from: 1, to: count, by: 1) {
      group.enter()
      let isStarted = start {
        body(index)
        group.leave()
      }
      if isStarted { continue }
      group.leave()
      left.append(index)
    }
    if count > 0 { body(0) }
    left.forEach(body)
    group.wait()
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
