import Glibc
import ModelFormats

/// The file of `--records`: one run's at a time, a whole record a line.
final class RecordLog: Sendable {
  let path: FilePath
  private let descriptor: Int32
  /// Whether this is a file, which has an end to come back to, and no pipe or device.
  private let isRegular: Bool
  private let pipes: PipeWait
  /// What was done to a last line that an ended run had left unfinished.
  let repair: String?

  /// Opens the file, or makes it, and holds it until the process ends.
  ///
  /// - Parameters:
  ///   - isRenewed: whether to begin it anew.
  ///   - pipes: how long a pipe's reader is waited for.
  /// - Throws: `InputError` naming the file: not to be written, or another run's.
  init(_ path: FilePath, isRenewed: Bool = false, pipes: PipeWait = PipeWait()) throws(InputError) {
    (self.path, self.pipes) = (path, pipes)
    descriptor = try Self.open(path, pipes)
    isRegular = FileStatus(open: descriptor)?.isRegular ?? false
    guard isRegular else {
      repair = nil
      return
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno == EWOULDBLOCK ? "is being written by another run" : "cannot be locked: \(describe(errno))"
      close(descriptor)
      throw InputError("\(path)", "\(reason)", remedy: "another file, or wait for that run")
    }
    let first = fileBytes(descriptor, at: 0, count: 1)
    guard first.isEmpty || first == [UInt8(ascii: "{")] else {
      close(descriptor)
      throw InputError("\(path)", "holds no records", remedy: "a new file, or one that --records wrote")
    }
    guard !isRenewed || ftruncate(descriptor, 0) == 0 else {
      let number = errno
      close(descriptor)
      throw InputError("\(path)", "cannot be begun anew: \(describe(number))")
    }
    repair = try Self.repair(descriptor, path)
  }

  deinit { close(descriptor) }

  /// Appends a line.
  ///
  /// - Throws: `InputError` naming the file where it cannot be written; nothing of the line is left then.
  func append(_ line: String) throws(InputError) {
    let end = lseek(descriptor, 0, SEEK_END)
    let copy = FileBytes(copying: Array("\(line)\n".utf8))
    let failure =
      isRegular
      ? AtomicFile.errorWriting(copy.bytes, to: descriptor) : pipes.errorWriting(copy.bytes, to: descriptor)
    guard let number = failure else { return }
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

  /// Ends the last line of a run that was ended while it wrote: a whole record gets its line feed, a part of one is taken away.
  private static func repair(_ descriptor: Int32, _ path: FilePath) throws(InputError) -> String? {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0, fileBytes(descriptor, at: size - 1, count: 1) != [LineReader.lineFeed] else { return nil }
    var start = size
    var tail: [UInt8] = []
    while start > 0 {
      let before = max(0, start - 1 << 16)
      let chunk = fileBytes(descriptor, at: before, count: start - before)
      if let end = chunk.lastIndex(of: LineReader.lineFeed) {
        tail = chunk[(end + 1)...] + tail
        break
      }
      tail = chunk + tail
      start = before
    }
    if (try? RecordHead(line: tail)) != nil {
      let feed = FileBytes(copying: [LineReader.lineFeed])
      if let number = AtomicFile.errorWriting(feed.bytes, to: descriptor) {
        throw InputError("\(path)", "cannot be written: \(describe(number))")
      }
      return "the last record had no line's end, which it got"
    }
    guard ftruncate(descriptor, off_t(size - tail.count)) == 0 else {
      throw InputError("\(path)", "cannot be repaired: \(describe(errno))")
    }
    return "the last line, \(tail.count) bytes of a record that was not finished, was taken away"
  }
}
