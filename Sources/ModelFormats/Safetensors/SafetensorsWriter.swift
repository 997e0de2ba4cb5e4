/// Writes safetensors files: the same tensors and metadata make the same bytes.
///
/// The tensors' bytes begin at a multiple of 64. The format allows no gaps between tensors, so those of whole cache lines go first,
/// which aligns each to a line, then those with the largest elements, which aligns each to its elements; those of one kind go by name.
package enum SafetensorsWriter {
  /// A tensor to write: contiguous elements, the last axis fastest, little endian.
  package typealias Tensor = (name: String, type: ElementType, shape: [Int], bytes: UnsafeRawBufferPointer)

  /// Writes a file, whole or not at all.
  ///
  /// - Parameter check: see `AtomicFile.write`.
  /// - Throws: `InputError`: two tensors of one name, a name the format reserves, or a file that cannot be written.
  package static func write(
    tensors: [Tensor], metadata: [String: String], to path: FilePath, replacing check: AtomicFile.Check = { _ in }
  ) throws(InputError) {
    let (header, ordered) = try prepare(tensors, metadata)
    // `FileBytes`, because `withUnsafeBytes` of an array does not pass typed errors through.
    let start = FileBytes(copying: header)
    try withExtendedLifetime(start) { () throws(InputError) in
      try AtomicFile.write([start.bytes] + ordered.map(\.bytes), to: path, replacing: check)
    }
  }

  /// The bytes that `write` writes.
  package static func encode(tensors: [Tensor], metadata: [String: String]) throws(InputError) -> [UInt8] {
    let (header, ordered) = try prepare(tensors, metadata)
    return ordered.reduce(into: header) { $0.append(contentsOf: $1.bytes) }
  }

  private static func prepare(
    _ tensors: [Tensor], _ metadata: [String: String]
  ) throws(InputError) -> (header: [UInt8], ordered: [Tensor]) {
    let ordered = tensors.sorted { rank($0) < rank($1) }
    var names: Set = ["__metadata__"]
    var fields: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quote($0.key)):\(quote($0.value))" }
      fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var offset = 0
    for tensor in ordered {
      guard names.insert(tensor.name).inserted else {
        throw InputError("", "two tensors cannot both be called \(tensor.name.printable)")
      }
      precondition(
        tensor.shape.reduce(tensor.type.size, *) == tensor.bytes.count, "tensor \(tensor.name) is not of its shape")
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = offset + tensor.bytes.count
      fields.append(
        "\(quote(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    return (padded("{\(fields.joined(separator: ","))}"), ordered)
  }

  private static func rank(_ tensor: Tensor) -> (Int, Int, String) {
    (tensor.bytes.count % 64 == 0 ? 0 : 1, -tensor.type.size, tensor.name)
  }

  /// The header behind its length, with spaces up to a multiple of 64 bytes.
  private static func padded(_ json: String) -> [UInt8] {
    let count = json.utf8.count
    let padding = (64 - (8 + count) % 64) % 64
    let length = UInt64(count + padding)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(json.utf8)
      + [UInt8](repeating: UInt8(ascii: " "), count: padding)
  }

  /// A JSON string.
  private static func quote(_ string: String) -> String {
    var quoted = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\0"..<" ":
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
