/// Reads the header of a safetensors file as its writers write it, some ten times as fast as a decoder for any JSON: a model's start
/// waits for it.
///
/// It takes less than JSON and never more: what it does not know, such as escaped surrogates, numbers with a point or a name that comes
/// twice, makes it give up, and whoever called reads the header with the decoder, which also says what is wrong.
struct SafetensorsHeaderScanner {
  private let bytes: UnsafeRawBufferPointer
  private var place = 0
  private(set) var tensors: [(name: String, entry: SafetensorsHeader.Entry)] = []
  private(set) var metadata: [String: String]?
  private var names: Set<String> = []

  /// nil for a header that is to be read by a decoder.
  ///
  /// - Precondition: the bytes are UTF-8.
  init?(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    guard take("{") else { return nil }
    if !take("}") {
      repeat {
        guard let name = text(), take(":"), name == "__metadata__" ? readMetadata() : readEntry(name) else {
          return nil
        }
      } while take(",")
      guard take("}") else { return nil }
    }
    skipSpace()
    guard place == bytes.count else { return nil }
  }

  private mutating func readMetadata() -> Bool {
    guard metadata == nil, take("{") else { return false }
    var table: [String: String] = [:]
    if !take("}") {
      repeat {
        guard let key = text(), take(":"), let value = text(), table.updateValue(value, forKey: key) == nil else {
          return false
        }
      } while take(",")
      guard take("}") else { return false }
    }
    metadata = table
    return true
  }

  private mutating func readEntry(_ name: String) -> Bool {
    guard names.insert(name).inserted, take("{") else { return false }
    var (dtype, shape, offsets): (String?, [Int]?, [Int]?)
    repeat {
      guard let key = text(), take(":") else { return false }
      switch key {
      case "dtype" where dtype == nil: dtype = text()
      case "shape" where shape == nil: shape = integers()
      case "data_offsets" where offsets == nil: offsets = integers()
      default: return false
      }
    } while take(",")
    guard take("}"), let dtype, let shape, let offsets, offsets.count == 2 else { return false }
    tensors.append(
      (name, SafetensorsHeader.Entry(dtype: dtype, shape: shape, begin: offsets[0], end: offsets[1])))
    return true
  }

  private mutating func integers() -> [Int]? {
    guard take("[") else { return nil }
    var numbers: [Int] = []
    if take("]") { return numbers }
    repeat {
      guard let number = integer() else { return nil }
      numbers.append(number)
    } while take(",")
    return take("]") ? numbers : nil
  }

  /// Up to 18 digits, which no Int is too small for, without a needless zero before them.
  private mutating func integer() -> Int? {
    skipSpace()
    let start = place
    var number = 0
    while place < bytes.count, bytes[place] >= 0x30, bytes[place] <= 0x39, place - start < 19 {
      number = number &* 10 &+ Int(bytes[place] - 0x30)
      place += 1
    }
    let count = place - start
    guard count > 0, count <= 18, count == 1 || bytes[start] != 0x30 else { return nil }
    return number
  }

  private mutating func text() -> String? {
    guard take("\"") else { return nil }
    let start = place
    var escapes = 0
    while place < bytes.count, bytes[place] != 0x22 {
      guard bytes[place] >= 0x20 else { return nil }
      if bytes[place] == 0x5C {
        (escapes, place) = (escapes + 1, place + 1)
      }
      place += 1
    }
    guard place < bytes.count else { return nil }
    defer { place += 1 }
    let raw = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
    return escapes == 0 ? String(decoding: raw, as: UTF8.self) : Self.unescaped(raw)
  }

  private static func unescaped(_ raw: UnsafeRawBufferPointer) -> String? {
    // Nothing that is escaped is empty.
    let text = String(unsafeUninitializedCapacity: raw.count) { target in
      var (count, index) = (0, 0)
      while index < raw.count {
        var byte = raw[index]
        if byte == 0x5C {
          index += 1
          switch raw[index] {
          case 0x22, 0x5C, 0x2F: byte = raw[index]
          case UInt8(ascii: "n"): byte = 0x0A
          case UInt8(ascii: "t"): byte = 0x09
          case UInt8(ascii: "r"): byte = 0x0D
          case UInt8(ascii: "u"):
            // Six bytes become at most three.
            guard let scalar = Self.scalar(raw, index + 1) else { return 0 }
            for unit in UTF8.encode(scalar) ?? .init() {
              target[count] = unit
              count += 1
            }
            index += 5
            continue
          default: return 0
          }
        }
        target[count] = byte
        (count, index) = (count + 1, index + 1)
      }
      return count
    }
    return text.isEmpty ? nil : text
  }

  /// What four hexadecimal digits stand for; nil for others, and for half a pair of surrogates.
  private static func scalar(_ raw: UnsafeRawBufferPointer, _ start: Int) -> Unicode.Scalar? {
    guard start + 4 <= raw.count else { return nil }
    var value: UInt32 = 0
    for byte in raw[start..<start + 4] {
      guard let digit = Character(UnicodeScalar(byte)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return Unicode.Scalar(value)
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while place < bytes.count {
      let byte = bytes[place]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      place += 1
    }
  }
}
