/// The numbers and strings of a pickle.
extension ByteReader {
  /// The number behind `opcode`.
  mutating func readPickledNumber(_ opcode: PickleOpcode) throws(InputError) -> PickleValue {
    switch opcode {
    case .binInt1: return .int(try readCount(UInt8.self))
    case .binInt2: return .int(try readCount(UInt16.self))
    case .binInt: return .int(Int(try read(Int32.self)))
    case .long1: return integer(try take(readCount(UInt8.self)))
    case .long4: return integer(try take(readCount(Int32.self)))
    // The one number that pickles keep with its highest byte first.
    case .binFloat: return .float(Double(bitPattern: try read(UInt64.self).byteSwapped))
    case .float: return .float(Double(try readLine()) ?? .nan)
    default: return try readTextInteger()
    }
  }

  /// The string or bytes behind `opcode`.
  mutating func readPickledText(_ opcode: PickleOpcode) throws(InputError) -> PickleValue {
    switch opcode {
    case .shortBinString, .shortBinUnicode: return .string(text(try take(readCount(UInt8.self))))
    case .binString: return .string(text(try take(readCount(Int32.self))))
    case .binUnicode: return .string(text(try take(readCount(UInt32.self))))
    case .binUnicode8: return .string(text(try take(readCount(UInt64.self))))
    case .shortBinBytes: return .bytes(Array(try take(readCount(UInt8.self)).bytes))
    case .binBytes: return .bytes(Array(try take(readCount(UInt32.self)).bytes))
    case .binBytes8, .byteArray8: return .bytes(Array(try take(readCount(UInt64.self)).bytes))
    // Protocol 0 quotes a string; what it escapes inside stays so, since no name of a tensor needs it.
    case .string: return .string(String(try readLine().dropFirst().dropLast()))
    default: return .string(try readLine())
    }
  }

  /// The next line.
  mutating func readLine() throws(InputError) -> String { text(try takeLine()) }

  /// The next line, which is a number.
  mutating func readDecimal() throws(InputError) -> Int {
    guard let number = Int(try readLine()), number >= 0 else {
      throw InputError("", "is damaged: its pickle has no number at byte \(region.offset + position)")
    }
    return number
  }

  /// Protocol 0's integers, which also serve as Booleans.
  private mutating func readTextInteger() throws(InputError) -> PickleValue {
    let line = try readLine()
    switch line {
    case "00": return .bool(false)
    case "01": return .bool(true)
    default: return Int(line.last == "L" ? line.dropLast() : line[...]).map { .int($0) } ?? .bigInteger([])
    }
  }

  private func integer(_ region: ByteRegion) -> PickleValue {
    let bytes = region.bytes
    guard bytes.count <= 8 else { return .bigInteger(Array(bytes)) }
    let isNegative = bytes.last.map { $0 & 0x80 != 0 } ?? false
    return .int(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
  }

  private func text(_ region: ByteRegion) -> String { String(decoding: region.bytes, as: UTF8.self) }
}
