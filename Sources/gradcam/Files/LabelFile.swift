import ModelFormats

/// A text file with a label a line.
enum LabelFile {
  /// The most bytes that are read.
  private static let limit = 1 << 26

  /// The labels; blank lines at the end are no labels.
  ///
  /// - Throws: `InputError` naming the file: not readable, too large, not UTF-8, a blank line between labels.
  static func read(_ path: FilePath) throws(InputError) -> [String] {
    let file = try FileBytes(path: path, limit: limit)
    guard file.count <= limit else { throw InputError("\(path)", "is larger than \(limit) bytes") }
    // As bytes: "\r\n" is one Character.
    guard let text = String(validating: file.bytes, as: UTF8.self) else {
      throw InputError("\(path)", "is not UTF-8 text", remedy: "a label a line")
    }
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    if let blank = lines.firstIndex(of: "") {
      throw InputError("\(path)", "line \(blank + 1) is blank", remedy: "a label a line")
    }
    return lines
  }
}
