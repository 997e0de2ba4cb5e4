import Glibc
import ModelFormats
import Synchronization

/// Where bytes go: a descriptor of the process, or a test's memory.
protocol ByteSink: Sendable {
  /// Whether a person is looking.
  var isTerminal: Bool { get }
  /// How many characters a terminal's line holds.
  var columns: Int { get }
  /// Writes all of `bytes`; the error number where that failed.
  func write(_ bytes: [UInt8]) -> Int32?
}

/// An open descriptor, unbuffered: whoever reads the other end has each line when it is written.
final class DescriptorSink: ByteSink {
  private let descriptor: Int32
  private let pipes: PipeWait
  /// Whether this is a file on disk, which is written without a wait.
  private let isRegular: Bool
  /// Whether a reader who does nothing was waited for long enough.
  private let isGivenUp = Atomic(false)

  /// - Parameter pipes: how long a reader is waited for.
  init(descriptor: Int32, pipes: PipeWait) {
    var status = stat()
    isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    (self.descriptor, self.pipes) = (isRegular ? descriptor : Terminal.unwaiting(descriptor), pipes)
  }

  var isTerminal: Bool { isatty(descriptor) == 1 }

  var columns: Int {
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  func write(_ bytes: [UInt8]) -> Int32? {
    if isRegular { return bytes.withUnsafeBytes { AtomicFile.errorWriting($0, to: descriptor) } }
    if isGivenUp.load(ordering: .relaxed) { return ECANCELED }
    let failure = bytes.withUnsafeBytes { pipes.errorWriting($0, to: descriptor) }
    if failure == ECANCELED { isGivenUp.store(true, ordering: .relaxed) }
    return failure
  }
}

enum Terminal {
  /// Makes a write to a pipe that nobody reads any more fail instead of ending the process.
  static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

  /// Makes a write beyond the limit on files' sizes fail instead of ending the process with half a file on disk.
  static func ignoreSizeLimits() { signal(SIGXFSZ, SIG_IGN) }

  /// Occupies standard descriptors that the process was started without, so that no file is opened in their place and
  /// takes what is printed. Reading from and writing to them still fails.
  static func occupyStandardDescriptors() {
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
    where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", mode)
    }
  }

  /// A descriptor of the same pipe or terminal that answers at once where a write would wait; `descriptor` where none is to be had.
  ///
  /// Flags of the descriptor itself would be other processes', too, and these may fill a pipe that had room a moment ago.
  fileprivate static func unwaiting(_ descriptor: Int32) -> Int32 {
    var status = stat()
    guard fstat(descriptor, &status) == 0, fcntl(descriptor, F_GETFL) & O_ACCMODE != O_RDONLY,
      status.st_mode & S_IFMT == S_IFIFO || isatty(descriptor) == 1
    else { return descriptor }
    let own = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    return own >= 0 ? own : descriptor
  }

  /// The tokens behind the program's name, to the byte: `CommandLine.arguments` replaces what is not UTF-8.
  static func arguments() -> [[UInt8]] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map { token in
        Array(UnsafeRawBufferPointer(start: token, count: strlen(token)))
      }
    }
  }
}
