package import ModelFormats

/// Protobuf messages put together field by field, to be as wrong as a test needs them.
public struct Wire: Sendable {
  public var bytes: [UInt8] = []

  public init(bytes: [UInt8] = []) { self.bytes = bytes }

  public static func varint(_ number: UInt64) -> [UInt8] {
    number < 0x80 ? [UInt8(number)] : [UInt8(number & 0x7f) | 0x80] + varint(number >> 7)
  }

  private func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) }
  }

  private func adding(_ field: Int, _ type: UInt64, _ content: [UInt8]) -> Wire {
    Wire(bytes: bytes + Self.varint(UInt64(field) << 3 | type) + content)
  }

  public func int(_ field: Int, _ value: Int) -> Wire {
    adding(field, 0, Self.varint(UInt64(bitPattern: Int64(value))))
  }
  public func fixed64(_ field: Int, _ value: UInt64) -> Wire { adding(field, 1, littleEndian(value)) }
  public func bytes(_ field: Int, _ content: [UInt8]) -> Wire {
    adding(field, 2, Self.varint(UInt64(content.count)) + content)
  }
  public func fixed32(_ field: Int, _ value: UInt32) -> Wire { adding(field, 5, littleEndian(value)) }
  public func string(_ field: Int, _ value: String) -> Wire { bytes(field, Array(value.utf8)) }
  public func message(_ field: Int, _ value: Wire) -> Wire { bytes(field, value.bytes) }
  public func messages(_ field: Int, _ values: [Wire]) -> Wire {
    raw(values.flatMap { Wire().message(field, $0).bytes })
  }
  public func raw(_ content: [UInt8]) -> Wire { Wire(bytes: bytes + content) }

  package var region: ByteRegion { FileBytes(copying: bytes).region }
}

// Messages of ONNX, with what most tests leave as it is.
extension Wire {
  public static func model(_ graph: Wire, functions: [Wire] = [], opset: Int = 17) -> Wire {
    Wire().int(1, 8).message(7, graph).message(8, Wire().int(2, opset)).messages(25, functions)
  }

  public static func graph(
    _ nodes: [Wire], inputs: [Wire] = [value("x")], outputs: [Wire] = [value("y")], initializers: [Wire] = []
  ) -> Wire {
    Wire().messages(1, nodes).string(2, "graph").messages(5, initializers).messages(11, inputs).messages(12, outputs)
  }

  public static func node(
    _ name: String, _ operation: String, _ inputs: [String], _ outputs: [String], domain: String = "",
    attributes: [Wire] = []
  ) -> Wire {
    let start = inputs.reduce(Wire()) { $0.string(1, $1) }
    return outputs.reduce(start) { $0.string(2, $1) }
      .string(3, name).string(4, operation).messages(5, attributes).string(7, domain)
  }

  /// A value that is a tensor of those dimensions.
  public static func value(_ name: String, _ dimensions: [Int] = [1]) -> Wire {
    let shape = Wire().messages(1, dimensions.map { Wire().int(1, $0) })
    return Wire().string(1, name).message(2, Wire().message(1, Wire().int(1, 1).message(2, shape)))
  }

  public static func tensor(_ name: String, type: Int = 1, _ shape: [Int], raw: [UInt8]? = nil) -> Wire {
    let start = shape.reduce(Wire()) { $0.int(1, $1) }.int(2, type).string(8, name)
    return raw.map { start.bytes(9, $0) } ?? start
  }

  public static func external(_ name: String, _ shape: [Int], _ entries: [String: String]) -> Wire {
    let start = shape.reduce(Wire()) { $0.int(1, $1) }.int(2, 1).string(8, name)
    return entries.sorted { $0.key < $1.key }
      .reduce(start) { $0.message(13, Wire().string(1, $1.key).string(2, $1.value)) }.int(14, 1)
  }

  public static func function(
    _ name: String, _ inputs: [String], _ outputs: [String], _ nodes: [Wire], domain: String = "local"
  ) -> Wire {
    let start = inputs.reduce(Wire().string(1, name)) { $0.string(4, $1) }
    return outputs.reduce(start) { $0.string(5, $1) }.messages(7, nodes).string(10, domain)
  }
}
