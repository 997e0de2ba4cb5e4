import Glibc
import ModelFormats

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
struct DescriptorSink: ByteSink {
  let descriptor: Int32

  var isTerminal: Bool { isatty(descriptor) == 1 }

  var columns: Int {
    var size = winsize()
    let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : 80
  }

  func write(_ bytes: [UInt8]) -> Int32? {
    bytes.withUnsafeBytes { AtomicFile.errorWriting($0, to: descriptor) }
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

  /// The tokens behind the program's name, to the byte: `CommandLine.arguments` replaces what is not UTF-8.
  static func arguments() -> [[UInt8]] {
    (1..<max(1, Int(CommandLine.argc))).compactMap { index in
      CommandLine.unsafeArgv[index].map { token in
        Array(UnsafeRawBufferPointer(start: token, count: strlen(token)))
      }
    }
  }
}
