import Glibc
import GradCAMCore
import ModelFormats
import Synchronization

/// Why a run ended before its last image.
enum RunEnd: Error {
  /// An output had no room; whatever comes next would have none either.
  case diskFull(InputError)
  case tooManyErrors(Int)
  /// Records cannot be kept.
  case unkept(InputError)
  /// Results cannot be printed, and are kept nowhere else.
  case unprinted
  /// The list of images cannot be read on.
  case unlisted(InputError)
  /// The model is not what the run began with: whatever comes next would be explained by another.
  case modelChanged(InputError)
}

/// Tells what became of each image, in order.
final class Narrator: Sendable {
  private struct State {
    /// nil for a run whose result is one table at its end.
    var printer: ResultPrinter?
    /// Whether standard output still takes what is printed.
    var isPrinting = true
    var summary: RunSummary
    /// Files of the inputs, images or not; nil while that is not known.
    var fileCount: Int?
    var lastDrawn = 0.0
  }

  /// What is told of.
  struct Run: Sendable {
    let options: Options
    /// Whether there is more than one image, or may be.
    let isSeveral: Bool
    let stop: StopRequest
    let log: RecordLog?
  }

  private let plan: Run
  private let console: Console
  private let state: Mutex<State>

  /// - Parameter printer: prints each image's result; nil where nothing is printed before the run's end.
  init(_ plan: Run, _ printer: ResultPrinter?, _ summary: RunSummary = RunSummary(), console: Console) {
    (self.plan, self.console) = (plan, console)
    state = Mutex(State(printer: printer, summary: summary))
    // Only a terminal wants to know how many there are.
    guard plan.isSeveral, console.showsProgress else { return }
    // Without a thread for it the progress lacks a number.
    _ = Threads.start { [weak self, options = plan.options] in
      let count = ImageStream.fileCount(options)
      self?.state.withLock { $0.fileCount = count }
    }
  }

  /// Prints the lines or the record of one image, and keeps its record.
  ///
  /// - Parameter passedOver: how many files so far were no images.
  /// - Throws: `RunEnd`.
  func add(_ outcome: ImageOutcome, passedOver: Int) throws {
    if outcome.isDropped { return }
    try state.withLock { state in
      state.summary.add(outcome)
      for warning in outcome.warnings { console.warn(warning) }
      if let error = outcome.error { console.report(error) }
      if let record = outcome.record {
        // An image that found no room is left to the next run.
        if !outcome.isOutOfRoom { try keep(record) }
        try print(&state) { state throws in try state.printer?.print(record, on: console) }
      }
      draw(&state, passedOver: passedOver)
      if outcome.isOutOfRoom, let error = outcome.error { throw RunEnd.diskFull(error) }
      if let most = plan.options.records.maxErrors, state.summary.failed >= most, outcome.error != nil {
        throw RunEnd.tooManyErrors(most)
      }
    }
  }

  private func keep(_ record: Record) throws {
    guard let log = plan.log else { return }
    do {
      try log.append(try record.json())
      if let loss = log.newLoss() { console.warn(loss) }
    } catch {
      console.report(error)
      throw error.isOutOfRoom ? RunEnd.diskFull(error) : RunEnd.unkept(error)
    }
  }

  /// Prints results as long as standard output takes them. Files are written without it, and so is a run's end where they hold all that
  /// was printed.
  private func print(_ state: inout State, _ results: (inout State) throws -> Void) throws {
    guard state.isPrinting else { return }
    do { try results(&state) } catch let error as ConsoleError {
      state.isPrinting = false
      switch error {
      case .closed where plan.isSeveral && plan.stop.signal == nil:
        console.warn(InputError("standard output", "is read no more; files are still written"))
      case .closed: break
      case .failed(let error):
        console.report(error)
        state.summary.isUnprinted = true
        if plan.log == nil { throw RunEnd.unprinted }
      }
    }
  }

  private func draw(_ state: inout State, passedOver: Int) {
    let now = millisecondsNow()
    guard plan.isSeveral, console.showsProgress, now - state.lastDrawn > 50 else { return }
    state.lastDrawn = now
    let summary = state.summary
    let total = state.fileCount.map { max($0 - passedOver, summary.done) }
    var note = ""
    if let rate = summary.rate {
      note = ", \(rate.fixed(1))/s"
      if let total, total > summary.done {
        note += ", \(RunSummary.duration(Double(total - summary.done) / rate)) left"
      }
    }
    console.progress(done: summary.done, of: total, failed: summary.failed, note: note)
  }

  /// Ends what was printed, and says what the run came to.
  func finish() throws -> RunSummary {
    console.endProgress()
    return try state.withLock { state in
      do { try print(&state) { state throws in try state.printer?.finish(on: console) } } catch RunEnd.unprinted {}
      return state.summary
    }
  }
}

extension InputError {
  /// Whether the disk, the quota or the limit on files' sizes left no room.
  var isOutOfRoom: Bool { errorNumber.map { [ENOSPC, EDQUOT, EFBIG].contains($0) } ?? false }
}
