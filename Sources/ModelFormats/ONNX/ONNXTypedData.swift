extension ONNXTensorReader {
  /// A tensor's numbers from its typed fields (`float_data`, `int32_data`, …).
  ///
  /// Packed floats stand in the file as they are used and are not copied; anything else is decoded.
  func typedData(in tensor: ByteRegion, _ type: ElementType) throws(InputError) -> ByteRegion {
    let number = Self.typedField(of: type)
    var pieces = 0
    var last: ProtobufField.Value?
    var fields = ProtobufReader(tensor, message: "tensor")
    while let field = try fields.next() {
      if field.number == number { (pieces, last) = (pieces + 1, field.value) }
    }
    if pieces == 0 { return ByteRegion(tensor.file, offset: tensor.offset, count: 0) }
    if pieces == 1, type == .float32 || type == .float64, case .bytes(let region) = last { return region }

    var bytes: [UInt8] = []
    fields = ProtobufReader(tensor, message: "tensor")
    while let field = try fields.next() {
      if field.number == number { try decode(field.value, type, into: &bytes) }
    }
    return FileBytes(copying: bytes).region
  }

  /// The number of the field that numbers of `type` are in; narrow ones share that of a wide one.
  private static func typedField(of type: ElementType) -> Int {
    switch type {
    case .float32: 4
    case .int32, .int16, .int8, .uint16, .uint8, .bool, .float16, .bfloat16: 5
    case .int64: 7
    case .float64: 10
    case .uint32, .uint64: 11
    }
  }

  private func decode(
    _ value: ProtobufField.Value, _ type: ElementType, into bytes: inout [UInt8]
  ) throws(InputError) {
    let isFloat = type == .float32 || type == .float64
    switch value {
    case .bytes(let region) where isFloat: bytes.append(contentsOf: region.bytes)
    case .fixed32(let bits) where type == .float32: append(UInt64(bits), 4, to: &bytes)
    case .fixed64(let bits) where type == .float64: append(bits, 8, to: &bytes)
    case .bytes(let region):
      var reader = ByteReader(region)
      while reader.remaining > 0 { append(try reader.readVarint(), type.size, to: &bytes) }
    case .varint(let bits) where !isFloat: append(bits, type.size, to: &bytes)
    default: throw InputError("", "is damaged: a tensor's numbers are not of its type \(type.rawValue)")
    }
  }

  /// Adds the lowest `count` bytes of a number: for float16 and bfloat16 it is their bit pattern.
  private func append(_ bits: UInt64, _ count: Int, to bytes: inout [UInt8]) {
    for place in 0..<count { bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(8 * place))) }
  }
}
