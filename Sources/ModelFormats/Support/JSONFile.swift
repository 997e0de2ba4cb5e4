/// A file of JSON.
package enum JSONFile {
  /// The entries of the object that a file consists of, in its order; nil for anything else.
  package static func table(_ file: FileBytes) -> [PlainValue.Entry]? {
    guard file.count <= PlainValueParser.longest + 3 else { return nil }
    return text(file).flatMap { PlainValue(parsing: $0) }?.entries
  }

  /// The file's text without the mark that some editors put at its beginning; nil where it is not UTF-8.
  package static func text(_ file: FileBytes) -> String? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = file.bytes
    let rest = bytes.starts(with: mark) ? UnsafeRawBufferPointer(rebasing: bytes[mark.count...]) : bytes
    return String(validating: rest, as: UTF8.self)
  }
}
