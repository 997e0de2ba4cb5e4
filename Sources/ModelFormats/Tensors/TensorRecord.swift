/// The kinds of numbers that model files hold, by safetensors' names.
package enum ElementType: String, Sendable, Hashable, CaseIterable {
  case float32 = "F32"
  case float64 = "F64"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int64 = "I64"
  case int32 = "I32"
  case int16 = "I16"
  case int8 = "I8"
  case uint64 = "U64"
  case uint32 = "U32"
  case uint16 = "U16"
  case uint8 = "U8"
  case bool = "BOOL"

  /// Bytes of one number.
  package var size: Int {
    switch self {
    case .float64, .int64, .uint64: 8
    case .float32, .int32, .uint32: 4
    case .float16, .bfloat16, .int16, .uint16: 2
    case .int8, .uint8, .bool: 1
    }
  }
}

/// A named tensor as a model file holds it: numbers somewhere in the file, not yet looked at.
package struct TensorRecord: Sendable {
  package let name: String
  package let type: ElementType
  /// Sizes by axis, slowest first, as the file has them (a convolution's weights are K C R S).
  package let shape: [Int]
  /// Elements from one index to the next, by axis; a transposed or expanded tensor has others than a contiguous one.
  package let strides: [Int]
  /// The bytes that begin with the tensor's first element and hold all that `strides` reach.
  package let region: ByteRegion

  /// What tells one tensor of the files in memory from another, whatever they are called.
  package struct Identity: Hashable {
    private let file: ObjectIdentifier
    private let offset: Int
    private let type: ElementType
    private let shape: [Int]
    private let strides: [Int]

    fileprivate init(_ record: TensorRecord) {
      (file, offset) = (ObjectIdentifier(record.region.file), record.region.offset)
      (type, shape, strides) = (record.type, record.shape, record.strides)
    }
  }

  /// Holds as long as the record keeps its bytes in memory.
  package var identity: Identity { Identity(self) }

  /// A record over `region`, checked: every element that shape and strides reach lies inside.
  ///
  /// - Parameter strides: nil for a contiguous tensor.
  /// - Throws: `InputError` without a subject, which names the tensor.
  package init(
    name: String, type: ElementType, shape: [Int], strides: [Int]? = nil, region: ByteRegion
  ) throws(InputError) {
    var expected = 1
    var contiguous = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.reversed() {
      guard shape[axis] >= 0 else {
        throw InputError("", "tensor \(name.printable) has the negative size \(shape[axis])")
      }
      contiguous[axis] = expected
      let (product, overflow) = expected.multipliedReportingOverflow(by: max(shape[axis], 1))
      guard !overflow, product < 1 << 48 else {
        throw InputError("", "tensor \(name.printable) claims an absurd shape \(shape)")
      }
      expected = product
    }
    let strides = strides ?? contiguous
    guard strides.count == shape.count, strides.allSatisfy({ $0 >= 0 && $0 < 1 << 48 }) else {
      throw InputError("", "tensor \(name.printable) has strides \(strides) that do not fit its shape \(shape)")
    }
    var last = shape.contains(0) ? -1 : 0
    for (size, stride) in zip(shape, strides) where last >= 0 {
      let (reach, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      guard !overflow, reach < 1 << 48 else { throw InputError("", "tensor \(name.printable) reaches beyond its data") }
      last += reach
    }
    guard (last + 1) * type.size <= region.count else {
      throw InputError(
        "", "tensor \(name.printable) needs \((last + 1) * type.size) bytes, and its data has \(region.count)")
    }
    (self.name, self.type, self.shape, self.strides, self.region) = (name, type, shape, strides, region)
    isContiguous = strides == contiguous || zip(shape, zip(strides, contiguous)).allSatisfy { $0 <= 1 || $1.0 == $1.1 }
  }

  /// The same tensor under another name.
  package func named(_ name: String) throws(InputError) -> TensorRecord {
    try TensorRecord(name: name, type: type, shape: shape, strides: strides, region: region)
  }

  /// Whether the elements follow one another without gaps, the last axis fastest.
  package let isContiguous: Bool

  package var elementCount: Int { shape.reduce(1, *) }
}
