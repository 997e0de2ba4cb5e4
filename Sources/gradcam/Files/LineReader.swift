import Glibc
import ModelFormats

/// The pieces of a file between separators, read as they are asked for: it may be as long as it likes, and may still be growing.
final class LineReader {
  /// A piece without its separator.
  struct Piece {
    let bytes: [UInt8]
    /// Where it begins in the file.
    let start: Int
    /// Whether a separator ends it; where none does, its writer may have been cut off.
    let isEnded: Bool
    /// How many bytes it has: more than `bytes`, which are its beginning, where it is longer than the limit.
    let count: Int

    /// Whether it is longer than the limit.
    var isCut: Bool { bytes.count < count }
  }

  /// What errors call the file.
  let name: String
  /// Whether the file is on disk, so that its pieces can be read again.
  let isRegular: Bool
  /// Whether it is a device, which may give bytes without end.
  private let isDevice: Bool
  let descriptor: Int32
  private let ownsDescriptor: Bool
  private let separator: UInt8
  /// The most of a piece that is held. Of longer ones no more than their beginning is handed out.
  private let limit: Int
  private let stop: StopRequest?
  private var buffer: [UInt8] = []
  /// Where what has not been handed out begins in the buffer, and in the file.
  private var start = 0
  private var place = 0
  /// Up to where the buffer holds no separator behind `start`.
  private var searched = 0
  /// How much of a piece beyond the limit was dropped behind its beginning, which the buffer keeps.
  private var dropped = 0
  private var isAtEnd = false
  /// What is read at once, before it goes to the buffer.
  private var chunk: [UInt8] = []

  /// How much is kept of a piece beyond the limit.
  private static let beginning = 1 << 10

  static let lineFeed = UInt8(ascii: "\n")

  /// - Parameter stop: ends a wait for more of the file.
  /// - Throws: `InputError` naming the file; `-` is standard input.
  convenience init(
    _ path: FilePath, separator: UInt8 = lineFeed, limit: Int, stop: StopRequest?
  ) throws(InputError) {
    let descriptor = path.isDash ? STDIN_FILENO : path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw InputError("\(path)", "\(describe(errno))") }
    try self.init(
      descriptor, named: path.isDash ? "standard input" : "\(path)", owned: !path.isDash, separator: separator,
      limit: limit, stop: stop)
  }

  /// Reads an open file from its beginning. The descriptor's own place stays as it is.
  convenience init(open descriptor: Int32, named name: String, limit: Int) throws(InputError) {
    try self.init(descriptor, named: name, owned: false, separator: Self.lineFeed, limit: limit, stop: nil)
  }

  private init(
    _ descriptor: Int32, named name: String, owned: Bool, separator: UInt8, limit: Int, stop: StopRequest?
  ) throws(InputError) {
    (self.descriptor, self.name, ownsDescriptor) = (descriptor, name, owned)
    (self.separator, self.limit, self.stop) = (separator, limit, stop)
    let status = FileStatus(open: descriptor)
    // Standard input is read on from where it is.
    isRegular = status?.isRegular ?? false && descriptor != STDIN_FILENO
    isDevice = status?.isDevice ?? false
    if status?.isFolder ?? false { throw InputError("\(name)", "is a folder", remedy: "name a file") }
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  /// The next piece; nil at the end, or where the run is asked to stop.
  ///
  /// - Throws: `InputError` naming the file where it cannot be read on, or is a device that gives a piece which is too long.
  func next() throws(InputError) -> Piece? {
    while true {
      if let end = nextSeparator() { return take(upTo: end, isEnded: true) }
      if isAtEnd { return start < buffer.count ? take(upTo: buffer.count, isEnded: false) : nil }
      if buffer.count - start > limit { try dropRest() }
      guard try read() else { return nil }
    }
  }

  /// Whether `next` has an answer without waiting for whoever writes the file.
  var isAtHand: Bool {
    isAtEnd || nextSeparator() != nil || stop?.canRead(descriptor, waits: false) ?? isRegular
  }

  /// Where the piece at hand ends in the buffer. No byte is looked at twice.
  private func nextSeparator() -> Int? {
    let found = buffer.withUnsafeBytes { bytes -> Int? in
      guard let base = bytes.baseAddress, searched < bytes.count,
        let place = memchr(base + searched, Int32(separator), bytes.count - searched)
      else { return nil }
      return UnsafeRawPointer(place) - base
    }
    searched = found ?? buffer.count
    return found
  }

  private func take(upTo end: Int, isEnded: Bool) -> Piece {
    let count = end - start + dropped
    let isCut = count > limit
    let bytes = Array(buffer[start..<(isCut ? start + min(limit, Self.beginning) : end)])
    let piece = Piece(bytes: bytes, start: place, isEnded: isEnded, count: count)
    place += count + (isEnded ? 1 : 0)
    start = isEnded ? end + 1 : end
    (searched, dropped) = (start, 0)
    return piece
  }

  /// Keeps no more than the beginning of a piece beyond the limit, which may have no end.
  private func dropRest() throws(InputError) {
    guard !isDevice else { throw InputError("\(name)", "holds a line of more than \(limit) bytes") }
    let kept = min(buffer.count, start + Self.beginning)
    dropped += buffer.count - kept
    buffer.removeLast(buffer.count - kept)
    searched = kept
  }

  /// Reads on; false where the run is asked to stop meanwhile.
  private func read() throws(InputError) -> Bool {
    guard stop?.canRead(descriptor, waits: true) ?? true else { return false }
    buffer.removeFirst(start)
    (start, searched) = (0, searched - start)
    let room = 1 << 16
    if chunk.isEmpty { chunk = [UInt8](repeating: 0, count: room) }
    let place = place + buffer.count + dropped
    let count = chunk.withUnsafeMutableBytes { bytes in
      isRegular
        ? pread(descriptor, bytes.baseAddress, room, off_t(place)) : Glibc.read(descriptor, bytes.baseAddress, room)
    }
    let number = errno
    let isAgain = number == EINTR || number == EAGAIN && stop != nil
    guard count >= 0 || isAgain else { throw InputError("\(name)", "\(describe(number))") }
    buffer += chunk.prefix(max(count, 0))
    isAtEnd = count == 0
    return true
  }
}

/// Bytes of an open file, fewer at its end. The descriptor's own place stays as it is.
func fileBytes(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    initialized = max(pread(descriptor, buffer.baseAddress, count, off_t(offset)), 0)
  }
}
