import ModelFormats

/// What stands before the numbers: their kind, their order and the array's shape.
struct NumPyHeader {
  enum Kind: String {
    case bool = "b1"
    case unsigned8 = "u1"
    case unsigned16 = "u2"
    case float16 = "f2"
    case float32 = "f4"
    case float64 = "f8"

    var bytes: Int {
      switch self {
      case .bool, .unsigned8: 1
      case .unsigned16, .float16: 2
      case .float32: 4
      case .float64: 8
      }
    }
    var isFloat: Bool { self == .float16 || self == .float32 || self == .float64 }
  }

  let kind: Kind
  let isBigEndian: Bool
  let isFortran: Bool
  let shape: [Int]
  /// Where the numbers begin.
  let end: Int

  init(_ bytes: UnsafeRawBufferPointer) throws(InputError) {
    guard bytes.count >= 12, (1...3).contains(bytes[6]) else { throw Self.damaged("its header is cut short") }
    let isLong = bytes[6] > 1
    let length = (0..<(isLong ? 4 : 2)).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = isLong ? 12 : 10
    guard length <= 1 << 16, length <= bytes.count - start else { throw Self.damaged("its header is cut short") }
    end = start + length
    let text = String(decoding: bytes[start..<end], as: UTF8.self)
    let type = try Self.value(of: "descr", in: text)
    guard type.first == "'" || type.first == "\"" else {
      throw InputError("", "is a .npy array of records", remedy: "one of float32 or uint8")
    }
    let name = type.dropFirst().prefix { $0 != "'" && $0 != "\"" }
    guard let order = name.first, "<>|=".contains(order), let kind = Kind(rawValue: String(name.dropFirst())) else {
      throw InputError(
        "", "is a .npy array of a type that is not read",
        remedy: "float32, or uint8 for samples: array.astype('float32')")
    }
    (self.kind, isBigEndian) = (kind, order == ">")
    isFortran = try Self.value(of: "fortran_order", in: text).hasPrefix("True")
    shape = try Self.shape(in: text)
  }

  static func damaged(_ problem: Message) -> InputError { InputError("", "is a damaged .npy file: \(problem)") }

  /// What follows a key of the dictionary.
  private static func value(of key: String, in text: String) throws(InputError) -> Substring {
    for quote in ["'", "\""] {
      if let found = text.firstRange(of: "\(quote)\(key)\(quote):") {
        return text[found.upperBound...].drop { $0 == " " }
      }
    }
    throw damaged("its header lacks \(key)")
  }

  private static func shape(in text: String) throws(InputError) -> [Int] {
    let value = try value(of: "shape", in: text)
    guard value.first == "(", let end = value.firstIndex(of: ")") else { throw damaged("its shape makes no sense") }
    var shape: [Int] = []
    for part in value[value.index(after: value.startIndex)..<end].split(separator: ",") {
      let digits = part.drop { $0 == " " }.prefix { $0 != " " && $0 != "L" }
      if digits.isEmpty { continue }
      guard let size = Int(digits), (0...1 << 31).contains(size), shape.count < 32 else {
        throw damaged("its shape makes no sense")
      }
      shape.append(size)
    }
    return shape
  }
}
