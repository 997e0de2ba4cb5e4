import Glibc
import ModelFormats
import Synchronization
import Testing

@testable import GradCAMCore

/// Memory that works share.
@Suite struct MemoryBudgetTests {
  private static func headroom(_ bytes: Int) -> MemoryHeadroom {
    MemoryHeadroom(fillable: bytes, addressable: bytes)
  }

  @Test func `A work that does not fit by itself is refused with both numbers`() throws {
    let budget = MemoryBudget(Self.headroom(3_000_000_000)) { Self.headroom(3_000_000_000) }
    let error = #expect(throws: InputError.self) {
      try budget.take(MemoryNeed(filled: 4_100_000_000), "explaining it takes", remedy: "more memory")
    }
    #expect(error?.description == "explaining it takes 4.1 GB of memory, and 3.0 GB can be had (more memory)")
    #expect(error?.isOutOfMemory == true)
    // Nothing is left of it: the next one is let in.
    try budget.take(MemoryNeed(filled: 2_000_000_000), "explaining it takes")
  }

  @Test func `Addresses that are set aside count where addresses are limited`() throws {
    let headroom = MemoryHeadroom(fillable: 100, addressable: .max)
    #expect(headroom.has(MemoryNeed(filled: 100, reserved: 1 << 40)))
    #expect(!headroom.has(MemoryNeed(filled: 101)))
    #expect(!Self.headroom(100).has(MemoryNeed(filled: 50, reserved: 51)))
    #expect(MemoryHeadroom(fillable: .max, addressable: .max).has(MemoryNeed(filled: .max, reserved: .max)))
  }

  @Test func `A work that does not fit beside others waits until they are done, and nobody overtakes it`() throws {
    let budget = MemoryBudget(Self.headroom(100)) { Self.headroom(100) }
    let first = MemoryClaim(budget)
    try first.take(MemoryNeed(filled: 60), "it takes")
    let order = Mutex<[Int]>([])
    parallelFor(3, threads: 3) { index, _ in
      if index == 0 {
        usleep(150_000)
        order.withLock { $0.append(0) }
        return first.release()
      }
      // The large one comes before the small one.
      if index == 2 { usleep(50_000) }
      let claim = MemoryClaim(budget)
      try? claim.take(MemoryNeed(filled: index == 1 ? 90 : 20), "it takes")
      order.withLock { $0.append(index) }
      usleep(20_000)
    }
    #expect(order.withLock { $0 } == [0, 1, 2])
  }

  @Test func `Claims give back what they took, once`() throws {
    let budget = MemoryBudget(Self.headroom(100)) { Self.headroom(100) }
    for _ in 0..<3 {
      let claim = MemoryClaim(budget)
      try claim.take(MemoryNeed(filled: 90), "it takes")
      // In the place of the first.
      try claim.take(MemoryNeed(filled: 80), "it takes")
      claim.release()
      claim.release()
    }
    try MemoryClaim(budget).take(MemoryNeed(filled: 100), "it takes")
  }

  @Test func `Sizes for people, and sums of absurd ones`() {
    #expect(
      [0, 999_999, 340_000_000, 999_999_999, 1_000_000_000, 4_194_304_000].map(MemoryNeed.text) == [
        "0 MB", "0 MB", "340 MB", "999 MB", "1.0 GB", "4.1 GB",
      ])
    let huge = MemoryNeed(filled: .max, reserved: .max)
    #expect((huge + huge).filled == .max && (huge * 3).addressed == .max)
  }

  @Test func `What the system says can be had is a number`() {
    let headroom = MemoryHeadroom.now()
    #expect(headroom.fillable > 1 << 20 && headroom.bytes > 1 << 20)
    #expect(MemoryHeadroom.canMap(1 << 16))
    #expect(!MemoryHeadroom.canMap(1 << 60))
  }
}
