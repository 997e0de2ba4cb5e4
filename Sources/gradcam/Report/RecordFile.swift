import FoundationEssentials
import Glibc
import ModelFormats

/// A file of records as `explain --jsonl` prints them, a line each. A file on disk is mapped, so that its size does not
/// count.
struct RecordFile: Sendable {
  /// How messages call it.
  let name: String
  /// nil where the file is empty, as that of a run without images.
  private let file: FileBytes?

  /// A line that holds something.
  struct Line {
    /// From 1 on.
    let number: Int
    let range: Range<Int>
    /// Whether a line feed ends it; where none does, its writer may have been cut off.
    let isEnded: Bool
  }

  /// - Parameter path: `-` reads standard input.
  /// - Throws: `InputError` naming a file that cannot be read.
  init(_ path: FilePath) throws(InputError) {
    name = path.isDash ? "standard input" : path.description
    if path.isDash {
      do { file = try FileBytes(descriptor: STDIN_FILENO) } catch { throw error.about("\(name)") }
    } else {
      file = Self.isEmpty(path) ? nil : try FileBytes(path: path)
    }
  }

  /// Calls `body` with every line that is not blank.
  func forEachLine(_ body: (Line) throws -> Void) rethrows {
    guard let file else { return }
    let bytes = file.bytes
    var (start, number) = (0, 0)
    while start < bytes.count, let base = bytes.baseAddress {
      let feed = memchr(base + start, 0x0A, bytes.count - start)
      let end = feed.map { UnsafeRawPointer($0) - base } ?? bytes.count
      number += 1
      if bytes[start..<end].contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) {
        try body(Line(number: number, range: start..<end, isEnded: feed != nil))
      }
      start = end + 1
    }
  }

  /// Decodes the JSON of a line.
  ///
  /// - Throws: an error of the decoder.
  func decode<Value: Decodable>(_ type: Value.Type, at range: Range<Int>) throws -> Value {
    guard let file else { preconditionFailure("an empty file has no lines") }
    defer { withExtendedLifetime(file) {} }
    return try JSONDecoder().decode(type, from: Data(file.bytes[range]))
  }

  private static func isEmpty(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withCString { stat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
  }
}
