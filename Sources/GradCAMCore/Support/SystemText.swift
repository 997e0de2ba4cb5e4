import Glibc

/// Reads what the system tells about itself in small files.
enum SystemText {
  /// A file's text as far as 16 KB go; nil where it cannot be read.
  static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: 1 << 14, alignment: 1) { buffer in
      var count = 0
      while count < buffer.count {
        let more = Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
        if more <= 0 { break }
        count += more
      }
      return String(decoding: buffer.prefix(count), as: UTF8.self)
    }
  }

  /// The number that is all of a file; nil where there is none.
  static func number(_ path: String) -> Int? { read(path).flatMap { Int($0.prefix { $0.isNumber }) } }

  /// The numbers of lines that are a name, maybe a colon, and a number.
  static func numbers(_ path: String) -> [String: Int] {
    var numbers: [String: Int] = [:]
    for line in (read(path) ?? "").utf8.split(separator: UInt8(ascii: "\n")) {
      let words = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "\t") }
      guard words.count >= 2, let number = Int(Substring(words[1])) else { continue }
      numbers[String(Substring(words[0]))] = number
    }
    return numbers
  }
}
