import Dispatch
import Synchronization

/// Calls `body` once for every index below `count`, from up to `threads` threads, and returns when all are done.
///
/// - Parameter body: gets the index and the number of the worker that runs it (below `threads`), to pick scratch memory by.
///   What a result holds must depend on the index alone: which worker takes which index is chance.
func parallelFor(_ count: Int, threads: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
  let workers = min(count, threads)
  guard workers > 1 else {
    for index in 0..<max(count, 0) { body(index, 0) }
    return
  }
  let next = Atomic(0)
  withoutActuallyEscaping(body) { body in
    // Bodies capture pointers, which are not Sendable; each index writes a part of memory that no other touches.
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        if index >= count { break }
        body(index, worker)
      }
    }
  }
}

/// Splits `count` items into parts of at most `size` and calls `body` with each part's range, in parallel.
func parallelFor(
  _ count: Int, blockSize size: Int, threads: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
) {
  parallelFor((count + size - 1) / size, threads: threads) { block, worker in
    body(block * size..<min((block + 1) * size, count), worker)
  }
}
