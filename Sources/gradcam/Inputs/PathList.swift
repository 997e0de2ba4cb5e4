import Glibc
import ModelFormats

/// The paths of `--files-from`, one after the other.
final class PathList {
  private let lines: LineReader
  private let isNULSeparated: Bool

  /// The most that a path may hold; the system takes 4,096 bytes.
  private static let longest = 1 << 16

  /// - Parameter stop: ends a wait for more of the list.
  /// - Throws: `InputError` naming the list.
  init(_ path: FilePath, isNULSeparated: Bool, stop: StopRequest?) throws(InputError) {
    self.isNULSeparated = isNULSeparated
    let separator = isNULSeparated ? 0 : UInt8(ascii: "\n")
    lines = try LineReader(path, separator: separator, limit: Self.longest, stop: stop)
  }

  /// The next path that is not empty; nil at the end, or where the run is asked to stop.
  ///
  /// - Throws: `InputError` naming the list where it cannot be read on, or is none.
  func next() throws(InputError) -> FilePath? {
    while let piece = try lines.next() {
      guard !piece.isCut else { throw InputError("\(lines.name)", "holds a line of more than \(Self.longest) bytes") }
      let line = piece.bytes
      guard isNULSeparated || !line.contains(0) else {
        throw InputError("\(lines.name)", "holds NUL bytes between its paths", remedy: "--null")
      }
      let path = !isNULSeparated && line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if !path.isEmpty { return FilePath(bytes: path) }
    }
    return nil
  }

  /// Whether the next path, or the end, is there without waiting for whoever writes the list.
  var isAtHand: Bool { lines.isAtHand }

  /// How many paths a regular file lists; nil for a list that is still being written.
  static func count(_ path: FilePath, isNULSeparated: Bool, where accepts: (FilePath) -> Bool) -> Int? {
    guard FileIdentity(path) != nil,
      let list = try? PathList(path, isNULSeparated: isNULSeparated, stop: nil)
    else { return nil }
    var count = 0
    do {
      while let path = try list.next() { if accepts(path) { count += 1 } }
    } catch {
      return nil
    }
    return count
  }
}
