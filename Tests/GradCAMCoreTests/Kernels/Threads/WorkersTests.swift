import Glibc
import Synchronization
import Testing

@testable import GradCAMCore

/// Loops that threads share: every index once, whoever comes and however late.
@Suite struct WorkersTests {
  private func expectEveryIndexOnce(_ workers: Workers, count: Int, _ work: () -> Void = {}) {
    let marks = [UnsafeMutablePointer<Int>.allocate(capacity: count)]
    defer { marks[0].deallocate() }
    marks[0].initialize(repeating: 0, count: count)
    parallelFor(count, threads: workers) { index, worker in
      marks[0][index] += 1
      if worker >= workers.count || worker < 0 { marks[0][index] += 100 }
      work()
    }
    #expect((0..<count).allSatisfy { marks[0][$0] == 1 })
  }

  @Test(arguments: [1, 2, 3, 8]) func `Runs every index once`(_ threads: Int) {
    let workers = Workers(threads)
    for count in [1, 2, 3, 17, 1000] {
      for _ in 0..<200 { expectEveryIndexOnce(workers, count: count) }
    }
  }

  @Test func `Wakes helpers that sleep`() {
    let workers = Workers(3)
    for pause in [0, 1000, 20_000, 100_000] {
      expectEveryIndexOnce(workers, count: 50)
      usleep(UInt32(pause))
      expectEveryIndexOnce(workers, count: 50) { usleep(50) }
    }
  }

  @Test func `Runs a loop inside a loop`() {
    let workers = Workers(2)
    let total = Atomic(0)
    parallelFor(10, threads: workers) { _, _ in
      parallelFor(7, threads: workers) { index, _ in total.add(index, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 210)
  }

  @Test func `Keeps no thread behind`() {
    for _ in 0..<50 { expectEveryIndexOnce(Workers(4), count: 9) }
    usleep(200_000)
    #expect(threadCount() < 60)
  }

  /// Threads of this process.
  private func threadCount() -> Int {
    guard let folder = opendir("/proc/self/task") else { return 0 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
