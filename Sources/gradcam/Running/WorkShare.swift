import Glibc
import GradCAMCore

/// How many images are under way at once, and how many cores each of them has.
struct WorkShare: Equatable {
  var jobs: Int
  var threads: Int

  /// Images wait for disks, too, but each takes memory of its own.
  static let mostJobsPerCore = 4

  /// The most jobs that are started, however many are asked for.
  static var mostJobs: Int { min(mostJobsPerCore * Cores.count, OpenBLAS.mostThreads) }

  /// As many threads multiply at once as OpenBLAS takes.
  init(jobs: Int, threads: Int) {
    self.threads = max(min(threads, OpenBLAS.mostThreads), 1)
    self.jobs = max(min(jobs, OpenBLAS.mostThreads / self.threads), 1)
  }

  /// Fewer of both where memory suffices for no more; nil where it does not suffice for one.
  func fitting(_ memory: ExplainingMemory, in headroom: MemoryHeadroom) -> WorkShare? {
    var share = self
    while !headroom.has(share.need(memory)) {
      if share.jobs > 1 {
        share.jobs -= 1
      } else if share.threads > 1 {
        share.threads -= 1
      } else {
        return nil
      }
    }
    return share
  }

  /// What all jobs take together.
  func need(_ memory: ExplainingMemory) -> MemoryNeed {
    // A small image and what is drawn on it.
    let picture = MemoryNeed(filled: 8 << 20)
    let others = MemoryNeed(reserved: Self.threadBytes) * (jobs * threads - 1)
    return memory.model + (memory.explainer + memory.image + picture) * jobs + others
  }

  /// As many of these jobs as threads can be had for, where each asks for what it takes when that is known; one at least.
  static func affordable(_ jobs: Int) -> Int {
    let headroom = MemoryHeadroom.now()
    // A small image, or a small model.
    let each = MemoryNeed(filled: 32 << 20, reserved: threadBytes)
    var jobs = min(jobs, mostJobs)
    while jobs > 1, !headroom.has(each * jobs) { jobs -= 1 }
    return max(jobs, 1)
  }

  /// Addresses that one more thread takes: its stack, what the allocator sets aside for it, and OpenBLAS's memory.
  static var threadBytes: Int {
    var limit = rlimit()
    let isKnown = getrlimit(Int32(RLIMIT_STACK.rawValue), &limit) == 0 && limit.rlim_cur < UInt64(1) << 40
    return (isKnown ? Int(limit.rlim_cur) : 8 << 20) + 64 << 20 + OpenBLAS.workingBytes
  }
}
