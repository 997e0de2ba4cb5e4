import Foundation
import ModelFormats

/// A named pipe in a test's folder, open for reading, that is read when the test says so.
final class NamedPipe {
  private var descriptor: Int32

  /// Makes the pipe. No run waits to open it.
  init(_ name: String, in folder: Workplace) throws {
    guard mkfifo(folder.path(name), 0o600) == 0 else { throw InputError("mkfifo", "\(describe(errno))") }
    descriptor = open(folder.path(name), O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    // The least that there is, Linux's F_SETPIPE_SZ: soon full.
    _ = fcntl(descriptor, 1031, 4096)
  }

  deinit { leave() }

  /// Some of what was written; waits for it.
  func read() -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    for _ in 0..<6000 {
      let count = Glibc.read(descriptor, &bytes, bytes.count)
      if count > 0 { return String(decoding: bytes[..<count], as: UTF8.self) }
      usleep(5000)
    }
    return ""
  }

  /// Whether something was written and not read, after which such a small pipe takes no more.
  var isFull: Bool {
    var count: Int32 = 0
    return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0
  }

  /// Ends reading.
  func leave() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
  }
}
