/// Walks through JSON of any size and depth, and keeps nothing of what is not asked for.
///
/// What is asked for is held to JSON's grammar; what is skipped, only to its quotes and brackets. The bytes have to outlive the cursor.
package struct JSONCursor {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0

  /// What stands at a place.
  package enum Kind: Sendable { case table, list, text, number, other }

  package init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// What comes next.
  package var next: Kind {
    mutating get {
      skipSpace()
      switch peek {
      case UInt8(ascii: "{"): return .table
      case UInt8(ascii: "["): return .list
      case UInt8(ascii: "\""): return .text
      case let byte?: return "-0123456789".utf8.contains(byte) ? .number : .other
      case nil: return .other
      }
    }
  }

  /// Calls `body` for each entry of a table; it has to read or to skip the entry's value.
  ///
  /// - Throws: `InputError` without a subject for anything else, and what `body` throws.
  package mutating func entries(
    _ body: (_ key: String, _ value: inout JSONCursor) throws(InputError) -> Void
  ) throws(InputError) {
    try sequence("{", "}") { (cursor) throws(InputError) in
      let key = try cursor.text()
      try cursor.require(":")
      try body(key, &cursor)
    }
  }

  /// Calls `body` for each element of a list; it has to read or to skip the element.
  ///
  /// - Throws: see `entries`.
  package mutating func elements(_ body: (_ element: inout JSONCursor) throws(InputError) -> Void) throws(InputError) {
    try sequence("[", "]", body)
  }

  /// A text.
  package mutating func text() throws(InputError) -> String {
    guard next == .text else { throw malformed() }
    let start = place
    try skipText()
    let quoted = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
    if !quoted.contains(UInt8(ascii: "\\")), let text = String(validating: quoted[1..<quoted.count - 1], as: UTF8.self)
    {
      return text
    }
    guard let whole = String(validating: quoted, as: UTF8.self), let text = PlainValue(parsing: whole)?.text else {
      throw malformed()
    }
    return text
  }

  /// A finite number.
  package mutating func number() throws(InputError) -> Double {
    guard next == .number else { throw malformed() }
    let start = place
    while let byte = peek, "0123456789+-.eE".utf8.contains(byte) { place += 1 }
    guard place - start <= 64, let number = Double(String(decoding: bytes[start..<place], as: UTF8.self)),
      number.isFinite
    else { throw malformed() }
    return number
  }

  /// Passes over a value of any kind.
  package mutating func skip() throws(InputError) {
    var depth = 0
    repeat {
      switch next {
      case .table, .list: (depth, place) = (depth + 1, place + 1)
      case .text: try skipText()
      case .number: _ = try number()
      case .other:
        guard let byte = peek else { throw malformed() }
        if "}]".utf8.contains(byte), depth > 0 {
          (depth, place) = (depth - 1, place + 1)
        } else if ",:".utf8.contains(byte), depth > 0 {
          place += 1
        } else {
          let start = place
          while let byte = peek, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) { place += 1 }
          let isWord = ["true", "false", "null"].contains { $0.utf8.elementsEqual(bytes[start..<place]) }
          if !isWord { throw malformed() }
        }
      }
    } while depth > 0
  }

  /// - Throws: `InputError` without a subject where more stands behind the value.
  package mutating func end() throws(InputError) {
    skipSpace()
    if place < bytes.count { throw malformed() }
  }

  // MARK: -

  private mutating func sequence(
    _ start: Character, _ end: Character, _ body: (inout JSONCursor) throws(InputError) -> Void
  ) throws(InputError) {
    try require(start)
    if take(end) { return }
    repeat { try body(&self) } while take(",")
    try require(end)
  }

  private mutating func skipText() throws(InputError) {
    place += 1
    while let byte = peek, byte != UInt8(ascii: "\"") { place += byte == UInt8(ascii: "\\") ? 2 : 1 }
    guard place < bytes.count else { throw malformed() }
    place += 1
  }

  private mutating func require(_ character: Character) throws(InputError) {
    if !take(character) { throw malformed() }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpace()
    guard let byte = peek, byte == character.asciiValue else { return false }
    place += 1
    return true
  }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
  }

  private func malformed() -> InputError {
    place < bytes.count
      ? InputError("", "holds JSON that makes no sense at byte \(place)") : InputError("", "is JSON that ends too soon")
  }
}
