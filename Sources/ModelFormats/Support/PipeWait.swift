import Glibc
import Synchronization

/// How pipes, terminals and the like are waited for: until `end` is called.
///
/// A pipe may have no reader or no writer, or one that does nothing, for ever. Who reads or writes one here waits no longer than
/// that, and at most `grace` after it.
public final class PipeWait: Sendable {
  /// A pipe that `end` writes to.
  private let wake: (reading: Int32, writing: Int32)

  /// How long a reader that is behind may still take after `end`, in milliseconds.
  private static let grace: Int32 = 1000
  /// How often a pipe is looked at for its first reader, in milliseconds: the system tells of none.
  private static let interval: Int32 = 20

  public init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 { for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
    wake = (ends[0], ends[1])
  }

  deinit {
    close(wake.reading)
    close(wake.writing)
  }

  /// Ends all waits, those that are under way and those to come.
  public func end() {
    var byte: UInt8 = 1
    _ = write(wake.writing, &byte, 1)
  }

  // MARK: - Reading

  /// Whether `descriptor` has something to read, or has ended; with `waits`, waits for that, and false says that `end` came first.
  public func canRead(_ descriptor: Int32, waits: Bool) -> Bool {
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      let count = poll(&descriptors, 2, waits ? -1 : 0)
      if count < 0 && errno == EINTR { continue }
      if descriptors[1].revents != 0 { return false }
      // What cannot be polled is read, and says then what is wrong.
      return count != 0
    }
  }

  // MARK: - Writing

  /// Opens what is there and no file on disk, to be written with `errorWriting`. A pipe's first reader is waited for.
  ///
  /// - Throws: `InputError` without a subject.
  public func openForWriting(_ path: FilePath) throws(InputError) -> Int32 {
    while true {
      let descriptor = path.withCString { open($0, O_WRONLY | O_CLOEXEC | O_NONBLOCK) }
      if descriptor >= 0 { return descriptor }
      let number = errno
      // A socket says the same as a pipe without a reader, and never gets one.
      guard number == ENXIO, Self.isPipe(path) else {
        throw InputError("", "cannot be written: \(describe(number))", errorNumber: number)
      }
      guard isOver(after: Self.interval) else { continue }
      throw InputError("", "was not written: nobody reads it", remedy: "the run was ended meanwhile")
    }
  }

  /// Writes all of `bytes` to an open descriptor of any kind; the error number where that failed, `ECANCELED` where `end` was called
  /// and nobody reads on.
  public func errorWriting(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      guard canWrite(descriptor) else { return ECANCELED }
      // No more than a pipe that can be written to is sure to take without a wait.
      let wrote = write(descriptor, base + done, min(bytes.count - done, Int(PIPE_BUF)))
      if wrote >= 0 { done += wrote } else if errno != EINTR && errno != EAGAIN { return errno }
    }
    return nil
  }

  private func canWrite(_ descriptor: Int32) -> Bool {
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0),
    ]
    var isEnded = false
    while true {
      let count = poll(&descriptors, isEnded ? 1 : 2, isEnded ? Self.grace : -1)
      if count < 0 && errno == EINTR { continue }
      // What cannot be polled is written to, and says then what is wrong.
      if count < 0 || descriptors[0].revents != 0 { return true }
      if isEnded { return false }
      isEnded = true
    }
  }

  /// Waits for `end`, at most for some milliseconds; whether it came.
  private func isOver(after milliseconds: Int32) -> Bool {
    var descriptor = pollfd(fd: wake.reading, events: Int16(POLLIN), revents: 0)
    return poll(&descriptor, 1, milliseconds) > 0
  }

  private static func isPipe(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFIFO
  }
}
