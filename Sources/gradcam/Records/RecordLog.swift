import Glibc
import ModelFormats
import Synchronization

/// The file of `--records`: one run's at a time, a whole record a line.
final class RecordLog: Sendable {
  let path: FilePath
  private let descriptor: Int32
  /// Whether this is a file, which has an end to come back to, and no pipe or device.
  private let isRegular: Bool
  private let pipes: PipeWait
  /// What was done to a last line that an ended run had left unfinished.
  let repair: String?

  /// Where the last record ended.
  private let end = Atomic(0)
  /// Whether the file was found shorter than that.
  private let isCut = Atomic(false)
  private let isLossTold = Atomic(false)

  /// Opens the file, or makes it, and holds it until the process ends.
  ///
  /// - Parameters:
  ///   - isRenewed: whether to begin it anew.
  ///   - pipes: how long a pipe's reader is waited for.
  /// - Throws: `InputError` naming the file: not to be written, another run's, or of another kind.
  init(_ path: FilePath, isRenewed: Bool = false, pipes: PipeWait = PipeWait()) throws(InputError) {
    (self.path, self.pipes) = (path, pipes)
    let own = OpenDescriptor.number(of: path)
    descriptor = if let own { fcntl(own, F_DUPFD_CLOEXEC, 0) } else { try Self.open(path, pipes) }
    guard descriptor >= 0 else { throw InputError("\(path)", "cannot be written: \(describe(errno))") }
    isRegular = own == nil && FileStatus(open: descriptor)?.isRegular ?? false
    guard isRegular else {
      repair = nil
      return
    }
    do throws(InputError) { repair = try Self.take(descriptor, isRenewed: isRenewed) } catch {
      close(descriptor)
      throw error.about("\(path)")
    }
    end.store(Int(lseek(descriptor, 0, SEEK_END)), ordering: .relaxed)
  }

  /// Makes an open file this run's, ready to be appended to.
  ///
  /// - Returns: see `repair`.
  private static func take(_ descriptor: Int32, isRenewed: Bool) throws(InputError) -> String? {
    let identity = FileStatus(open: descriptor)?.identity
    for stream in [STDOUT_FILENO, STDERR_FILENO] where FileStatus(open: stream)?.identity == identity {
      throw InputError("", "is what the run's output is redirected to", remedy: "another file")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno == EWOULDBLOCK ? "is being written by another run" : "cannot be locked: \(describe(errno))"
      throw InputError("", "\(reason)", remedy: "another file, or wait for that run")
    }
    let content = try RecordOwnership(descriptor, isRenewed: isRenewed)
    guard isRenewed else { return try repair(descriptor, content) }
    guard ftruncate(descriptor, 0) == 0 else { throw InputError("", "cannot be begun anew: \(describe(errno))") }
    return nil
  }

  deinit { close(descriptor) }

  /// Appends a line.
  ///
  /// - Throws: `InputError` naming the file where it cannot be written; nothing of the line is left then.
  func append(_ line: String) throws(InputError) {
    let end = lseek(descriptor, 0, SEEK_END)
    let copy = FileBytes(copying: Array("\(line)\n".utf8))
    if isRegular, end < self.end.load(ordering: .relaxed) { isCut.store(true, ordering: .relaxed) }
    let failure =
      isRegular
      ? AtomicFile.errorWriting(copy.bytes, to: descriptor) : pipes.errorWriting(copy.bytes, to: descriptor)
    guard let number = failure else {
      self.end.store(Int(end) + copy.count, ordering: .relaxed)
      return
    }
    if isRegular, end >= 0 { ftruncate(descriptor, end) }
    throw InputError("\(path)", "cannot be written: \(describe(number))", errorNumber: number)
  }

  /// The lines that stand in the file now; nil for a pipe or a device.
  func lines() throws(InputError) -> RecordLines? {
    isRegular ? try RecordLines(open: descriptor, named: "\(path)") : nil
  }

  private static func open(_ path: FilePath, _ pipes: PipeWait) throws(InputError) -> Int32 {
    // A pipe that was open for reading, too, would never tell that its reader has gone.
    if let status = FileStatus(path), !status.isRegular {
      do { return try pipes.openForWriting(path) } catch { throw error.about("\(path)") }
    }
    let descriptor = path.withCString { Glibc.open($0, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw InputError("\(path)", "cannot be written: \(describe(errno))") }
    return descriptor
  }

  /// Why records that were written are not there any more; nil where they are.
  var loss: InputError? {
    guard isRegular else { return nil }
    let status = FileStatus(open: descriptor)
    if status?.identity != FileStatus(path)?.identity {
      return InputError("\(path)", "was removed or replaced while it was written, and the run's records with it")
    }
    guard (status?.stamp?.bytes ?? 0) < end.load(ordering: .relaxed) || isCut.load(ordering: .relaxed) else {
      return nil
    }
    return InputError("\(path)", "was cut while it was written, and records of the run are lost")
  }

  /// The loss, once, as soon as it shows without looking up the path.
  func newLoss() -> InputError? {
    let shows = FileStatus(open: descriptor)?.isNameless ?? false || isCut.load(ordering: .relaxed)
    guard isRegular, shows, !isLossTold.exchange(true, ordering: .relaxed) else { return nil }
    return loss
  }

  /// Ends the last line of a run that was ended while it wrote: a whole record gets its line feed, a part of one is taken away.
  private static func repair(_ descriptor: Int32, _ content: RecordOwnership) throws(InputError) -> String? {
    switch content.ending {
    case nil: return nil
    case .record:
      let feed = FileBytes(copying: [LineReader.lineFeed])
      if let number = AtomicFile.errorWriting(feed.bytes, to: descriptor) {
        throw InputError("", "cannot be written: \(describe(number))")
      }
      return "the last record had no line's end, which it got"
    case .torn(let count):
      guard ftruncate(descriptor, off_t(content.size - count)) == 0 else {
        throw InputError("", "cannot be repaired: \(describe(errno))")
      }
      return "the last line, \(count) bytes of a record that was not finished, was taken away"
    }
  }
}
