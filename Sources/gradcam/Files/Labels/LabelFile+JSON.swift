import ModelFormats

extension LabelFile {
  /// Names in JSON, in any form that `ClassNames` reads, or in one under a usual key.
  ///
  /// - Returns: nil for what is no JSON.
  /// - Throws: `InputError` without a subject for JSON that is something else.
  static func json(_ text: String) throws(InputError) -> [String]? {
    let start = text.utf8.first { !" \t\r\n".utf8.contains($0) }
    guard let start, start == UInt8(ascii: "{") || start == UInt8(ascii: "[") else { return nil }
    guard let value = PlainValue(parsing: text) else {
      // A label may well stand in brackets, alone on its line.
      if isBracketedWord(text) { return nil }
      throw InputError("", "is no JSON that can be read", remedy: remedy)
    }
    let inner = ClassNames.keys.lazy.compactMap { value[$0] }.first { $0.entries != nil || $0.elements != nil }
    do throws(InputError) { return try ClassNames.read(inner ?? value) } catch {
      throw InputError("", error.problem, remedy: error.remedy ?? remedy)
    }
  }

  private static func isBracketedWord(_ text: String) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline)
    guard lines.count > 1, let first = lines.first else { return false }
    let line = first.utf8
    return line.first == UInt8(ascii: "[") && line.last == UInt8(ascii: "]") && !line.contains(UInt8(ascii: "\""))
      && !line.contains(UInt8(ascii: ","))
  }
}
