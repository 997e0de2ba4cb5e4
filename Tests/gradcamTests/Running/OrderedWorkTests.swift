import Synchronization
import Testing

@testable import gradcam

@Suite struct OrderedWorkTests {
  private struct Failure: Error, Equatable { var number: Int }

  /// Runs over `0..<count`; each item may take a while.
  private func run(
    _ count: Int, workers: Int, window: Int = 8, work: @escaping @Sendable (Int) -> Int = { $0 },
    deliver: @escaping @Sendable (Int) throws -> Void
  ) throws {
    var next = 0
    try OrderedWork.run(
      {
        defer { next += 1 }
        return next < count ? next : nil
      }, workers: workers, window: window, makeWorker: { work }, deliver: deliver)
  }

  @Test(arguments: [(0, 1), (1, 4), (100, 1), (100, 4), (3, 8)])
  func `Results come once each and in order`(_ count: Int, _ workers: Int) throws {
    let results = Mutex<[Int]>([])
    try run(count, workers: workers, work: { $0 * $0 }) { result in results.withLock { $0.append(result) } }
    #expect(results.withLock { $0 } == (0..<count).map { $0 * $0 })
  }

  @Test func `No more than a window is ahead of what was delivered`() throws {
    let delivered = Atomic(0)
    let furthest = Atomic(0)
    try run(
      200, workers: 2, window: 5,
      work: { item in
        _ = furthest.max(item - delivered.load(ordering: .relaxed), ordering: .relaxed)
        return item
      }
    ) { _ in _ = delivered.add(1, ordering: .relaxed) }
    #expect(furthest.load(ordering: .relaxed) <= 5)
  }

  @Test func `What delivering throws ends the work`() {
    let count = Atomic(0)
    #expect(throws: Failure(number: 3)) {
      try run(1000, workers: 2, window: 4) { result in
        _ = count.add(1, ordering: .relaxed)
        if result == 3 { throw Failure(number: 3) }
      }
    }
    #expect(count.load(ordering: .relaxed) == 4)
  }

  @Test func `So does what a worker or the next item throws`() {
    #expect(throws: Failure(number: 1)) {
      try OrderedWork.run(
        { 1 }, workers: 2, window: 4, makeWorker: { () throws -> (Int) -> Int in throw Failure(number: 1) },
        deliver: { _ in })
    }
    #expect(throws: Failure(number: 2)) {
      try OrderedWork.run(
        { throw Failure(number: 2) }, workers: 2, window: 4, makeWorker: { { (item: Int) in item } }, deliver: { _ in })
    }
  }
}
