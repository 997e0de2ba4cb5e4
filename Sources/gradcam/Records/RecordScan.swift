import ModelFormats

/// Looks through a line before anything is made of it: whether it is one JSON object that every reader understands alike, and keeps to
/// the bounds of `RecordField`.
///
/// A decoder of ours and a browser's differ in what they let pass: halves of surrogate pairs, numbers beyond a double's range, keys that
/// come twice. And no decoder need follow brackets into any depth.
struct RecordScan {
  private enum Step {
    case key(String)
    case element(Int)
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var place = 0
  /// Where the value lies that is looked at.
  private var trail: [Step] = []

  private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// What is wrong with a line of which nothing better is known.
  static let noRecord = InputError("", "is no record")

  /// - Throws: `InputError` without a subject: what field is at fault, and why.
  static func check(_ line: ArraySlice<UInt8>) throws(InputError) {
    let fault = line.withUnsafeBufferPointer { bytes -> InputError? in
      var scan = RecordScan(bytes)
      do throws(InputError) { try scan.record() } catch { return error }
      return nil
    }
    if let fault { throw fault }
    // What stands between quotation marks was not looked at byte by byte.
    guard line.allSatisfy({ $0 < 0x80 }) || String(validating: line, as: UTF8.self) != nil else {
      throw InputError("", "is no record: it is not UTF-8")
    }
  }

  private mutating func record() throws(InputError) {
    skipSpace()
    guard next == Self.openBrace else { throw Self.noRecord }
    try value(.record, depth: 1)
    skipSpace()
    guard place == bytes.count else { throw Self.noRecord }
  }

  // MARK: - Values

  private mutating func value(_ field: RecordField, depth: Int) throws(InputError) {
    switch next {
    case Self.openBrace:
      try deepen(depth)
      try object(field, depth)
    case Self.openBracket:
      try deepen(depth)
      try list(field, depth)
    case Self.quote: _ = try text(most: field.longest, isPath: field.isPath)
    case UInt8(ascii: "t"): try word("true")
    case UInt8(ascii: "f"): try word("false")
    case UInt8(ascii: "n"): try word("null")
    default: try number(field.range)
    }
  }

  private func deepen(_ depth: Int) throws(InputError) {
    guard depth <= RecordField.deepest else {
      throw fault("lies deeper than anything in a record", "\(RecordField.deepest) levels")
    }
  }

  private mutating func object(_ field: RecordField, _ depth: Int) throws(InputError) {
    var keys: Set<String> = []
    guard try opens(closing: Self.closeBrace) else { return }
    repeat {
      skipSpace()
      guard next == Self.quote else { throw Self.noRecord }
      let key = try key()
      trail.append(.key(key))
      guard keys.insert(key).inserted else { throw fault("is there twice") }
      guard keys.count <= RecordField.mostKeys else { throw fault("is one key too many", "\(RecordField.mostKeys)") }
      skipSpace()
      try expect(UInt8(ascii: ":"))
      skipSpace()
      try value(field.fields[key] ?? .other, depth: depth + 1)
      trail.removeLast()
    } while try goesOn(closing: Self.closeBrace)
  }

  private mutating func list(_ field: RecordField, _ depth: Int) throws(InputError) {
    guard try opens(closing: Self.closeBracket) else { return }
    var count = 0
    trail.append(.element(0))
    repeat {
      trail[trail.count - 1] = .element(count)
      guard count < field.most else { throw fault("is one too many", "at most \(field.most)") }
      count += 1
      skipSpace()
      try value(field, depth: depth + 1)
    } while try goesOn(closing: Self.closeBracket)
    trail.removeLast()
  }

  /// A number by JSON's grammar, inside a range.
  private mutating func number(_ range: ClosedRange<Double>) throws(InputError) {
    let start = place
    if next == Self.minus { place += 1 }
    if next == Self.zero { place += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      place += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      place += 1
      if next == Self.minus || next == UInt8(ascii: "+") { place += 1 }
      try digits()
    }
    let token = bytes[start..<place]
    guard token.count <= RecordField.longestWord else { throw fault("is a number of \(token.count) digits") }
    let text = String(decoding: token, as: UTF8.self)
    guard let number = Double(text), range.contains(number) else {
      throw fault("is \(text.printable)", Self.text(of: range))
    }
  }

  private mutating func digits() throws(InputError) {
    let start = place
    while let byte = next, byte >= Self.zero, byte <= UInt8(ascii: "9") { place += 1 }
    guard place > start else { throw Self.noRecord }
  }

  private mutating func word(_ word: StaticString) throws(InputError) {
    let end = place + word.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes[place..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else { throw Self.noRecord }
    place = end
  }

  // MARK: - Texts

  /// A key as it reads, whatever was written by its escapes.
  private mutating func key() throws(InputError) -> String {
    let escapes = try text(most: RecordField.longestWord, isPath: false)
    let start = place - escapes.length - 1
    let raw = bytes[start..<place - 1]
    return escapes.count == 0 ? String(decoding: raw, as: UTF8.self) : Self.unescaped(raw)
  }

  /// A text: how many bytes it has between its marks, and how many escapes.
  private mutating func text(most: Int, isPath: Bool) throws(InputError) -> (length: Int, count: Int) {
    place += 1
    let start = place
    var escapes = 0
    while let byte = next, byte != Self.quote {
      // Raw control characters are none of JSON's, zero bytes among them.
      guard byte >= 0x20 else { throw fault("holds the byte \(byte)") }
      place += 1
      guard byte == Self.backslash else { continue }
      escapes += 1
      let unit = try escape()
      if isPath, unit == 0 { throw fault("holds a zero byte, which no file's name does") }
    }
    let length = place - start
    try expect(Self.quote)
    guard length <= most else { throw fault("has \(length) bytes", "at most \(most)") }
    return (length, escapes)
  }

  /// What follows a backslash: a character's number, of a pair its second half's; nil for a letter's escape.
  private mutating func escape() throws(InputError) -> UInt16? {
    guard let letter = next else { throw Self.noRecord }
    place += 1
    guard letter == UInt8(ascii: "u") else {
      guard "\"\\/bfnrt".utf8.contains(letter) else { throw Self.noRecord }
      return nil
    }
    let unit = try hexadecimal()
    guard UTF16.isSurrogate(unit) else { return unit }
    // A line that ends here was cut off.
    let rest = bytes[place...].prefix(2)
    guard rest.count == 2, rest.first != Self.backslash || place + 6 <= bytes.count else { throw Self.noRecord }
    guard UTF16.isLeadSurrogate(unit), rest.elementsEqual("\\u".utf8) else {
      throw fault("holds half of a surrogate pair")
    }
    place += 2
    let second = try hexadecimal()
    guard UTF16.isTrailSurrogate(second) else { throw fault("holds half of a surrogate pair") }
    return second
  }

  private mutating func hexadecimal() throws(InputError) -> UInt16 {
    guard place + 4 <= bytes.count else { throw Self.noRecord }
    let digits = bytes[place..<place + 4]
    // `UInt16` takes a sign, too.
    guard let first = digits.first, first != UInt8(ascii: "+"), first != Self.minus,
      let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw Self.noRecord }
    place += 4
    return unit
  }

  /// The text of a sound run of bytes with escapes.
  private static func unescaped(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    let letters: [UInt8: UInt16] = [
      UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]
    var text = ""
    var rest = raw
    while let end = rest.firstIndex(of: backslash) {
      text += String(decoding: rest[..<end], as: UTF8.self)
      var units: [UInt16] = []
      rest = rest[end...]
      // Escapes side by side may be halves of one character.
      while rest.first == backslash, let letter = rest.dropFirst().first {
        let digits = rest.dropFirst(2).prefix(4)
        if letter == UInt8(ascii: "u"), let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16) {
          units.append(unit)
          rest = rest.dropFirst(6)
        } else {
          units.append(letters[letter] ?? UInt16(letter))
          rest = rest.dropFirst(2)
        }
      }
      text += String(decoding: units, as: UTF16.self)
    }
    return text + String(decoding: rest, as: UTF8.self)
  }

  // MARK: - Bytes

  private static let openBrace = UInt8(ascii: "{")
  private static let closeBrace = UInt8(ascii: "}")
  private static let openBracket = UInt8(ascii: "[")
  private static let closeBracket = UInt8(ascii: "]")
  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")
  private static let minus = UInt8(ascii: "-")
  private static let zero = UInt8(ascii: "0")

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { place += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(InputError) {
    guard next == byte else { throw Self.noRecord }
    place += 1
  }

  /// Passes over what opens an object or a list; whether it holds something.
  private mutating func opens(closing: UInt8) throws(InputError) -> Bool {
    place += 1
    skipSpace()
    guard next == closing else { return true }
    place += 1
    return false
  }

  /// Passes over the comma behind an element, or what closes the object or list; whether another element follows.
  private mutating func goesOn(closing: UInt8) throws(InputError) -> Bool {
    skipSpace()
    defer { place += 1 }
    if next == UInt8(ascii: ",") { return true }
    guard next == closing else { throw Self.noRecord }
    return false
  }

  // MARK: - Faults

  private func fault(_ problem: Message, _ remedy: Message? = nil) -> InputError {
    InputError("", "is no record: \(field.printable) \(problem)", remedy: remedy)
  }

  /// `maps[0].digest.grid_shape[1]`.
  private var field: String {
    let name = trail.prefix(RecordField.deepest).reduce(into: "") { name, step in
      switch step {
      case .key(let key): name += (name.isEmpty ? "" : ".") + key
      case .element(let number): name += "[\(number)]"
      }
    }
    return name.isEmpty ? "a key" : name
  }

  private static func text(of range: ClosedRange<Double>) -> Message {
    func whole(_ bound: Double) -> String { bound < 0x1p63 ? "\(Int(bound))" : "\(bound)" }
    return range == RecordField.other.range
      ? "a number that a double can hold" : "\(whole(range.lowerBound)) to \(whole(range.upperBound))"
  }
}
