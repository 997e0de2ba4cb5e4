import ModelFormats
import Synchronization

/// Works through the images of a run, several at once, and has a narrator tell what becomes of each.
struct ImageRun {
  let watch: ModelWatch
  let stop: StopRequest
  /// Images under way at once.
  let jobs: Int
  let console: Console
  /// Whether a folder without images is an error.
  var isStrict = false

  /// Works until the last image, or what ends the run before it.
  ///
  /// - Parameters:
  ///   - makeWorker: see `OrderedWork.run`.
  ///   - take: gets each outcome once it is told, in order, one call at a time.
  /// - Throws: what is no end of a run; see `RunEnd`.
  func work(
    _ images: sending ImageStream, _ narrator: Narrator,
    makeWorker: @escaping @Sendable () throws -> (ImageStream.Item) -> ImageOutcome,
    take: @escaping @Sendable (ImageOutcome) -> Void = { _ in }
  ) throws -> (RunSummary, RunEnd?) {
    let stream = Mutex(images)
    // Apart from the stream, which is locked while it waits for a list to grow.
    let passedOver = Atomic(0)
    var end: RunEnd?
    do {
      try OrderedWork.run(
        { [stop, watch] () throws -> ImageStream.Item? in
          guard stop.signal == nil, watch.failure == nil else { return nil }
          return try stream.withLock { stream in
            defer { passedOver.store(stream.finds.passedOver, ordering: .relaxed) }
            return try stream.next()
          }
        },
        workers: jobs, window: 16 + 4 * jobs, makeWorker: makeWorker,
        deliver: { outcome in
          try narrator.add(outcome, passedOver: passedOver.load(ordering: .relaxed))
          take(outcome)
        })
    } catch let error as RunEnd {
      end = error
    } catch let error as InputError {
      // What images and records come to is in their outcomes: it is the list that ends so.
      end = .unlisted(error)
    }
    if end == nil, let failure = watch.failure { end = .modelChanged(failure) }
    var summary = try narrator.finish()
    let finds = stream.withLock { $0.finds }
    summary.emptyFolders = finds.emptyFolders.count
    console.tell(finds, isStrict: isStrict)
    return (summary, end)
  }
}
