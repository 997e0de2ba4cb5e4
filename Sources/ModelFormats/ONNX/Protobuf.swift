/// Reads the fields of one protobuf message from a mapped file, one after the other.
///
/// Nested messages are regions that a reader of their own reads: the depth is that of the format's readers, whatever a
/// file claims. The wire format: <https://protobuf.dev/programming-guides/encoding>.
struct ProtobufReader {
  private var reader: ByteReader
  /// What the message is, for errors: "node", "tensor".
  private let message: String

  init(_ region: ByteRegion, message: String) {
    reader = ByteReader(region)
    self.message = message
  }

  /// The next field; nil at the end of the message.
  mutating func next() throws(InputError) -> ProtobufField? {
    guard reader.remaining > 0 else { return nil }
    let tag = try reader.readVarint()
    let number = tag >> 3
    guard number > 0, number < 1 << 29 else { throw damaged("numbers a field \(number)") }
    let value: ProtobufField.Value
    switch tag & 7 {
    case 0: value = .varint(try reader.readVarint())
    case 1: value = .fixed64(try reader.read())
    case 2:
      let length = try reader.readVarint()
      guard length <= reader.remaining else {
        let what = "field \(number) of its \(message) has \(length) bytes"
        throw InputError("", "is cut short or damaged: \(what), and \(reader.remaining) are left")
      }
      value = .bytes(try reader.take(Int(length)))
    case 3, 4: throw damaged("has a group, which no ONNX file has,")
    case 5: value = .fixed32(try reader.read())
    default: throw damaged("has a field of the wire type \(tag & 7)")
    }
    return ProtobufField(number: Int(number), value: value, owner: message)
  }

  private func damaged(_ what: String) -> InputError {
    InputError("", "is damaged: it \(what) before byte \(reader.region.offset + reader.position), in its \(message)")
  }
}

/// A field of a message as it is on the wire.
struct ProtobufField {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64(UInt64)
    case bytes(ByteRegion)
  }

  let number: Int
  let value: Value
  /// What the field is part of, for errors.
  fileprivate let owner: String

  /// An integer of any of the signed types that are not zigzag; ONNX has no others.
  func int() throws(InputError) -> Int {
    guard case .varint(let bits) = value else { throw wrongType("an integer") }
    return Int(truncatingIfNeeded: bits)
  }

  func float() throws(InputError) -> Float {
    guard case .fixed32(let bits) = value else { throw wrongType("a float") }
    return Float(bitPattern: bits)
  }

  /// Bytes, or a nested message.
  func bytes() throws(InputError) -> ByteRegion {
    guard case .bytes(let region) = value else { throw wrongType("bytes") }
    return region
  }

  /// A nested message's fields.
  func message(_ name: String) throws(InputError) -> ProtobufReader { ProtobufReader(try bytes(), message: name) }

  func string() throws(InputError) -> String {
    let region = try bytes()
    guard let string = String(validating: region.bytes, as: UTF8.self) else {
      throw InputError("", "is damaged: field \(number) of its \(owner) is text that is not UTF-8")
    }
    return string
  }

  /// Adds a repeated integer's values: one, or a packed run of them.
  func appendInts(to ints: inout [Int]) throws(InputError) {
    guard case .bytes(let region) = value else { return ints.append(try int()) }
    var reader = ByteReader(region)
    while reader.remaining > 0 { ints.append(Int(truncatingIfNeeded: try reader.readVarint())) }
  }

  /// Adds a repeated float's values: one, or a packed run of them.
  func appendFloats(to floats: inout [Float]) throws(InputError) {
    guard case .bytes(let region) = value else { return floats.append(try float()) }
    var reader = ByteReader(region)
    while reader.remaining > 0 { floats.append(Float(bitPattern: try reader.read())) }
  }

  private func wrongType(_ due: String) -> InputError {
    InputError("", "is damaged: field \(number) of its \(owner) is not \(due)")
  }
}

extension ByteReader {
  /// The next number in groups of seven bits, the lowest first.
  mutating func readVarint() throws(InputError) -> UInt64 {
    var number: UInt64 = 0
    for shift in stride(from: 0, to: 70, by: 7) {
      let byte = try read(UInt8.self)
      let bits = UInt64(byte & 0x7f)
      guard shift < 63 || bits < 2 else { break }
      number |= bits << UInt64(shift)
      if byte < 0x80 { return number }
    }
    throw InputError("", "is damaged: the number before byte \(region.offset + position) has more than 64 bits")
  }
}
