extension ONNXTensorReader {
  /// What an attribute's message says, before its type tells which of it counts.
  private struct Parts {
    var name = ""
    var type = 0
    var float: Float?
    var int: Int?
    var string: String?
    var tensor: ByteRegion?
    var graph: ByteRegion?
    var floats: [Float] = []
    var ints: [Int] = []
    var strings: [String] = []
    var reference = ""
    /// The number of the field of something else.
    var other = 0
  }

  /// A node's attribute and its name (`AttributeProto`); where it is a graph, the graph's message beside an empty one.
  mutating func attribute(
    _ region: ByteRegion
  ) throws(InputError) -> (name: String, value: ONNXAttribute, graph: ByteRegion?) {
    var parts = Parts()
    var fields = ProtobufReader(region, message: "attribute")
    while let field = try fields.next() {
      switch field.number {
      case 1: parts.name = try field.string()
      case 2: parts.float = try field.float()
      case 3: parts.int = try field.int()
      case 4: parts.string = try text(field)
      case 5: parts.tensor = try field.bytes()
      case 7: try field.appendFloats(to: &parts.floats)
      case 8: try field.appendInts(to: &parts.ints)
      case 9: parts.strings.append(try text(field))
      case 20: parts.type = try field.int()
      case 21: parts.reference = try field.string()
      case 6: (parts.graph, parts.other) = (try field.bytes(), 6)
      case 10, 11, 14, 15, 22, 23: parts.other = field.number
      default: break
      }
    }
    let value = try value(parts)
    guard case .graph = value else { return (parts.name, value, nil) }
    return (parts.name, value, parts.graph)
  }

  private mutating func value(_ parts: Parts) throws(InputError) -> ONNXAttribute {
    if !parts.reference.isEmpty { return .reference(parts.reference) }
    switch parts.type == 0 ? inferredType(parts) : parts.type {
    // A writer that leaves out zeros leaves these empty.
    case 1: return .float(parts.float ?? 0)
    case 2: return .int(parts.int ?? 0)
    case 3: return .string(parts.string ?? "")
    case 4:
      guard let region = parts.tensor else {
        throw InputError("", "attribute \(parts.name.printable) is a tensor and has none")
      }
      switch try tensor(region, unnamed: parts.name) {
      case .record(let record): return .tensor(record)
      // Only what needs it has to read it.
      case .unread(_, let what): return .other("a tensor \(what)")
      }
    case 5: return .graph(ONNXGraph())
    case 10: return .other("a list of graphs")
    case 6: return .floats(parts.floats)
    case 7: return .ints(parts.ints)
    case 8: return .strings(parts.strings)
    case 9: return .other("a list of tensors")
    case 11, 12: return .other("a sparse tensor")
    case 13, 14: return .other("a type")
    default: throw InputError("", "attribute \(parts.name.printable) has the unknown type \(parts.type)")
    }
  }

  /// The type by what is there: the oldest files do not give it.
  private func inferredType(_ parts: Parts) -> Int {
    if parts.float != nil { return 1 }
    if parts.int != nil { return 2 }
    if parts.string != nil { return 3 }
    if parts.tensor != nil { return 4 }
    if !parts.floats.isEmpty { return 6 }
    if !parts.ints.isEmpty { return 7 }
    if !parts.strings.isEmpty { return 8 }
    return [6: 5, 10: 9, 11: 10, 22: 11, 23: 12, 14: 13, 15: 14][parts.other] ?? 0
  }

  /// Text out of an attribute, which may be any bytes.
  private func text(_ field: ProtobufField) throws(InputError) -> String {
    let region = try field.bytes()
    return String(decoding: region.bytes, as: UTF8.self)
  }
}
