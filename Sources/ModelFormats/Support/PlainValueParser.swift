/// Reads JSON and Python's literals, without running anything.
struct PlainValueParser {
  /// Deeper nesting is not read: no network's names are.
  static let deepest = 16
  /// In bytes.
  static let longest = 1 << 22

  private let bytes: [UInt8]
  private var place = 0

  init(_ text: String) { bytes = text.utf8.count <= Self.longest ? Array(text.utf8) : [] }

  /// The one value that the text consists of.
  mutating func document() -> PlainValue? {
    let value = value(depth: 0)
    skipSpace()
    return place == bytes.count ? value : nil
  }

  private mutating func value(depth: Int) -> PlainValue? {
    skipSpace()
    guard depth <= Self.deepest, let byte = peek else { return nil }
    switch byte {
    case UInt8(ascii: "{"): return table(depth: depth)
    case UInt8(ascii: "["): return list(until: UInt8(ascii: "]"), depth: depth)
    case UInt8(ascii: "("): return list(until: UInt8(ascii: ")"), depth: depth)
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return string().map(PlainValue.string)
    default: return word()
    }
  }

  private mutating func list(until end: UInt8, depth: Int) -> PlainValue? {
    place += 1
    var elements: [PlainValue] = []
    while true {
      skipSpace()
      if take(end) { return .list(elements) }
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
      skipSpace()
      guard take(UInt8(ascii: ",")) || peek == end else { return nil }
    }
  }

  private mutating func table(depth: Int) -> PlainValue? {
    place += 1
    var entries: [PlainValue.Entry] = []
    while true {
      skipSpace()
      if take(UInt8(ascii: "}")) { return .table(entries) }
      guard let key = value(depth: depth + 1).flatMap(Self.key) else { return nil }
      skipSpace()
      guard take(UInt8(ascii: ":")), let value = value(depth: depth + 1) else { return nil }
      entries.append(PlainValue.Entry(key: key, value: value))
      skipSpace()
      guard take(UInt8(ascii: ",")) || peek == UInt8(ascii: "}") else { return nil }
    }
  }

  static func key(_ value: PlainValue) -> String? {
    switch value {
    case .string(let text): text
    case .number(let number): Int(exactly: number).map(String.init)
    default: nil
    }
  }

  private mutating func word() -> PlainValue? {
    let start = place
    while let byte = peek, !" \t\r\n,:]})".utf8.contains(byte) { place += 1 }
    let word = String(decoding: bytes[start..<place], as: UTF8.self)
    switch word {
    case "None", "null": return PlainValue.none
    case "True", "true": return .bool(true)
    case "False", "false": return .bool(false)
    default:
      // Swift also reads nan, inf and hexadecimal numbers.
      guard word.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(word), number.isFinite
      else { return nil }
      return .number(number)
    }
  }

  /// A quoted text with the escapes of both languages.
  private mutating func string() -> String? {
    let quote = bytes[place]
    place += 1
    var text: [UInt8] = []
    while let byte = next() {
      if byte == quote { return String(validating: text, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        text.append(byte)
        continue
      }
      guard let escape = next(), let meant = escaped(escape) else { return nil }
      text += meant
    }
    return nil
  }

  private mutating func escaped(_ escape: UInt8) -> [UInt8]? {
    switch escape {
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "x"): return scalar(digits: 2)
    case UInt8(ascii: "u"): return unit()
    case UInt8(ascii: "U"): return scalar(digits: 8)
    case UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "'"), UInt8(ascii: "\""): return [escape]
    default: return nil
    }
  }

  /// A UTF-16 unit, or two that make a character, as JSON has them.
  private mutating func unit() -> [UInt8]? {
    guard let first = hexadecimal(4) else { return nil }
    guard (0xd800..<0xdc00).contains(first) else { return Unicode.Scalar(first).map { Array(String($0).utf8) } }
    guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let second = hexadecimal(4),
      (0xdc00..<0xe000).contains(second)
    else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)).map { Array(String($0).utf8) }
  }

  private mutating func scalar(digits: Int) -> [UInt8]? {
    hexadecimal(digits).flatMap(Unicode.Scalar.init).map { Array(String($0).utf8) }
  }

  private mutating func hexadecimal(_ digits: Int) -> UInt32? {
    guard place + digits <= bytes.count else { return nil }
    defer { place += digits }
    return UInt32(String(decoding: bytes[place..<place + digits], as: UTF8.self), radix: 16)
  }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func next() -> UInt8? {
    defer { place += 1 }
    return peek
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, " \t\r\n".utf8.contains(byte) { place += 1 }
  }
}
