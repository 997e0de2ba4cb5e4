import ModelFormats

extension LabelFile {
  /// A line each without the lines' ends. Blank lines at the end are none.
  ///
  /// - Throws: `InputError` without a subject for a blank line between others.
  static func lines(_ text: String) throws(InputError) -> [String] {
    // As bytes: "\r\n" is one Character.
    var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
    while lines.last?.isEmpty ?? false { lines.removeLast() }
    if let blank = lines.firstIndex(of: "") {
      throw InputError("", "line \(blank + 1) is blank", remedy: "a label a line")
    }
    return lines
  }

  /// The names of lines that all begin with their index, counted from 0: `0 cat`, `0: cat`, `0,cat`, `0. cat`, `0) cat`.
  ///
  /// - Returns: nil for other lines, and where names would come twice: of `0 stars`, `1 star` and `2 stars` the numbers are a part.
  static func numbered(_ lines: [String]) -> [String]? {
    guard lines.count > 1 else { return nil }
    var names: [String] = []
    for (index, line) in lines.enumerated() {
      let bytes = line.utf8.drop { isBlank($0) }
      let digits = Array("\(index)".utf8)
      guard bytes.starts(with: digits) else { return nil }
      var rest = bytes.dropFirst(digits.count)
      guard let mark = rest.first else { return nil }
      // Behind a point, a number may go on.
      let isMark =
        ":,;=\t ".utf8.contains(mark) || ".)".utf8.contains(mark) && rest.dropFirst().first.map(isBlank) ?? false
      guard isMark else { return nil }
      rest = rest.dropFirst(isBlank(mark) ? 0 : 1).drop { isBlank($0) }
      guard !rest.isEmpty else { return nil }
      names.append(String(Substring(rest)))
    }
    return Set(names).count == names.count ? names : nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
