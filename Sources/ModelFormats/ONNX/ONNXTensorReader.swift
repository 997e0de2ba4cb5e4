/// Reads tensors and the attributes that may hold them.
struct ONNXTensorReader {
  /// The most axes of a tensor; frameworks stop at 8 or 64.
  private static let rankLimit = 64

  private var external: ONNXExternalData

  init(folder: FilePath?) { external = ONNXExternalData(folder: folder) }

  /// Files beside the model that tensors were found in.
  var dataFiles: [FileBytes] { external.opened }

  /// The type by its number in `TensorProto.DataType`; nil for one that is not read.
  static func elementType(ofNumber number: Int) -> ElementType? {
    switch number {
    case 1: .float32
    case 2: .uint8
    case 3: .int8
    case 4: .uint16
    case 5: .int16
    case 6: .int32
    case 7: .int64
    case 9: .bool
    case 10: .float16
    case 11: .float64
    case 12: .uint32
    case 13: .uint64
    case 16: .bfloat16
    default: nil
    }
  }

  /// The types that are not read, for errors.
  private static func foreignType(_ number: Int) -> String {
    switch number {
    case 0: "no type"
    case 8: "the type string"
    case 14, 15: "a complex type"
    case 17...20, 24: "a float8 type"
    case 21, 22, 25, 26: "an integer type of less than 8 bits"
    case 23: "a float4 type"
    default: "the type number \(number)"
    }
  }

  /// A tensor, or what one is that is not read.
  enum Reading {
    case record(TensorRecord)
    case unread(name: String, what: String)
  }

  /// What a tensor's message says, its numbers not yet looked at.
  private struct Contents {
    var name = ""
    var dimensions: [Int] = []
    var type = 0
    var raw: ByteRegion?
    var external: [String: String] = [:]
    var isExternal = false
    var isSegment = false
  }

  /// The tensor in `region`.
  ///
  /// - Parameter unnamed: what to call a tensor without a name in errors.
  mutating func tensor(_ region: ByteRegion, unnamed: String) throws(InputError) -> Reading {
    let contents = try self.contents(region)
    let name = contents.name.isEmpty ? unnamed : contents.name
    guard !contents.isSegment else { return .unread(name: contents.name, what: "in segments") }
    guard let type = Self.elementType(ofNumber: contents.type) else {
      return .unread(name: contents.name, what: "of \(Self.foreignType(contents.type))")
    }
    let shape = contents.dimensions
    guard let size = byteCount(shape, type) else {
      throw InputError("", "tensor \(name.printable) claims an absurd shape \(shape.prefix(8))")
    }
    let data: ByteRegion
    if contents.isExternal {
      data = try external.data(of: name, described: contents.external, count: size)
    } else if let raw = contents.raw {
      data = raw
    } else {
      data = try typedData(in: region, type)
    }
    guard data.count == size else {
      let what = "tensor \(name.printable) of shape \(shape) and type \(type.rawValue)"
      throw InputError("", "\(what) needs \(size) bytes, and its data has \(data.count)")
    }
    return .record(try TensorRecord(name: contents.name, type: type, shape: shape, region: data))
  }

  private func contents(_ region: ByteRegion) throws(InputError) -> Contents {
    var contents = Contents()
    var fields = ProtobufReader(region, message: "tensor")
    while let field = try fields.next() {
      switch field.number {
      case 1: try field.appendInts(to: &contents.dimensions)
      case 2: contents.type = try field.int()
      case 3: contents.isSegment = true
      case 8: contents.name = try field.string()
      case 9: contents.raw = try field.bytes()
      case 13:
        var (key, value) = ("", "")
        var entry = try field.message("external data")
        while let part = try entry.next() {
          if part.number == 1 { key = try part.string() } else if part.number == 2 { value = try part.string() }
        }
        contents.external[key] = value
      case 14: contents.isExternal = try field.int() == 1
      default: break
      }
    }
    return contents
  }

  /// Bytes of the tensor's numbers; nil for a shape that no tensor has.
  private func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
    guard shape.count <= Self.rankLimit else { return nil }
    var count = type.size
    for size in shape {
      guard size >= 0, size <= 1 << 31, count < 1 << 48 / max(size, 1) else { return nil }
      count *= max(size, 1)
    }
    return shape.contains(0) ? 0 : count
  }
}
