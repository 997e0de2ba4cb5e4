import Glibc
import ModelFormats

/// The pieces of a file between separators, read as they are asked for: it may be as long as it likes, and may still be growing.
final class LineReader {
  /// What errors call the file.
  let name: String
  private let descriptor: Int32
  private let separator: UInt8
  /// The most that a piece may hold.
  private let limit: Int
  private let stop: StopRequest
  private var buffer: [UInt8] = []
  /// Where what has not been handed out begins in the buffer.
  private var start = 0
  private var isAtEnd = false

  /// - Parameter stop: ends a wait for more of the file.
  /// - Throws: `InputError` naming the file; `-` is standard input.
  init(_ path: FilePath, separator: UInt8 = UInt8(ascii: "\n"), limit: Int, stop: StopRequest) throws(InputError) {
    (self.separator, self.limit, self.stop) = (separator, limit, stop)
    name = path.isDash ? "standard input" : "\(path)"
    descriptor = path.isDash ? STDIN_FILENO : path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw InputError("\(path)", "\(describe(errno))") }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw InputError("\(name)", "is a folder", remedy: "name a file")
    }
  }

  deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

  /// The next piece, without its separator; nil at the end, or where the run is asked to stop. The last may lack its separator.
  ///
  /// - Throws: `InputError` naming the file where it cannot be read on, or a piece is too long.
  func next() throws(InputError) -> [UInt8]? {
    while true {
      if let end = buffer[start...].firstIndex(of: separator) {
        defer { start = end + 1 }
        return Array(buffer[start..<end])
      }
      if isAtEnd {
        defer { start = buffer.count }
        return start < buffer.count ? Array(buffer[start...]) : nil
      }
      guard buffer.count - start <= limit else {
        throw InputError("\(name)", "holds a line of more than \(limit) bytes")
      }
      guard try read() else { return nil }
    }
  }

  /// Whether `next` has an answer without waiting for whoever writes the file.
  var isAtHand: Bool {
    isAtEnd || buffer[start...].contains(separator) || stop.canRead(descriptor, waits: false)
  }

  /// Reads on; false where the run is asked to stop meanwhile.
  private func read() throws(InputError) -> Bool {
    guard stop.canRead(descriptor, waits: true) else { return false }
    buffer.removeFirst(start)
    start = 0
    let (before, room) = (buffer.count, 1 << 16)
    buffer += [UInt8](repeating: 0, count: room)
    let count = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + before }, room) }
    let number = errno
    buffer.removeLast(room - max(count, 0))
    guard count >= 0 || number == EINTR else { throw InputError("\(name)", "\(describe(number))") }
    isAtEnd = count == 0
    return true
  }
}
