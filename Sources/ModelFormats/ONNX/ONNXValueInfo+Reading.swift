extension ONNXReader {
  /// A value's name, type and shape (`ValueInfoProto`).
  func valueInfo(_ field: ProtobufField) throws(InputError) -> ONNXValueInfo {
    var name = ""
    var tensor: (type: Int, dimensions: [ONNXDimension]?)?
    var isOther = false
    var fields = try field.message("value")
    while let field = try fields.next() {
      switch field.number {
      case 1: name = try field.string()
      case 2:
        var types = try field.message("type")
        // Sequences, maps and optional values are the other types; no classifier's input is one.
        while let type = try types.next() {
          if type.number == 1 { tensor = try tensorType(type) }
          if (4...9).contains(type.number) { isOther = true }
        }
      default: break
      }
    }
    for case .fixed(let size) in tensor?.dimensions ?? [] where size < 0 || size > 1 << 31 {
      throw InputError("", "value \(name.printable) claims the absurd dimension \(size)")
    }
    let elementType = tensor.flatMap { ONNXTensorReader.elementType(ofNumber: $0.type) }
    let isText = tensor?.type == 8
    return ONNXValueInfo(
      name: name, elementType: elementType, isForeign: isOther && tensor == nil || isText,
      dimensions: tensor?.dimensions)
  }

  private func tensorType(_ field: ProtobufField) throws(InputError) -> (type: Int, dimensions: [ONNXDimension]?) {
    var type = 0
    var dimensions: [ONNXDimension]?
    var fields = try field.message("tensor type")
    while let field = try fields.next() {
      switch field.number {
      case 1: type = try field.int()
      case 2:
        var found: [ONNXDimension] = []
        var shape = try field.message("shape")
        while let part = try shape.next() { if part.number == 1 { found.append(try dimension(part)) } }
        dimensions = found
      default: break
      }
    }
    return (type, dimensions)
  }

  private func dimension(_ field: ProtobufField) throws(InputError) -> ONNXDimension {
    var dimension = ONNXDimension.unknown
    var fields = try field.message("dimension")
    while let field = try fields.next() {
      switch field.number {
      case 1:
        // Some converters write -1 where they mean any size.
        let size = try field.int()
        dimension = size == -1 ? .unknown : .fixed(size)
      case 2:
        let name = try field.string()
        dimension = name.isEmpty ? .unknown : .symbolic(name)
      default: break
      }
    }
    return dimension
  }
}
