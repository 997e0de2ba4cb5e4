import Synchronization

/// Calls `body` once for every index below `count`, from all workers, and returns when all are done.
///
/// - Parameter body: gets the index and the number of the worker that runs it (below `threads.count`), to pick scratch memory by.
///   What a result holds must depend on the index alone: which worker takes which index is chance. And how work is split into
///   indices depends on shapes alone: any number of threads computes the same bytes. A loop inside it is run by the worker that
///   meets it, as number 0: it must not use scratch memory.
func parallelFor(_ count: Int, threads: Workers, _ body: (_ index: Int, _ worker: Int) -> Void) {
  guard threads.count > 1, count > 1 else {
    for index in 0..<max(count, 0) { body(index, 0) }
    return
  }
  let next = Atomic(0)
  threads.run { worker in
    while true {
      let index = next.add(1, ordering: .relaxed).oldValue
      if index >= count { break }
      body(index, worker)
    }
  }
}

/// Splits `count` items into parts of at most `size` and calls `body` with each part's range, in parallel.
func parallelFor(
  _ count: Int, blockSize size: Int, threads: Workers, _ body: (_ range: Range<Int>, _ worker: Int) -> Void
) {
  parallelFor((count + size - 1) / size, threads: threads) { block, worker in
    body(block * size..<min((block + 1) * size, count), worker)
  }
}

/// Calls `body` once for every index below `count`, from up to `threads` threads that are started for it.
func parallelFor(_ count: Int, threads: Int, _ body: (_ index: Int, _ worker: Int) -> Void) {
  parallelFor(count, threads: Workers(min(count, threads)), body)
}
