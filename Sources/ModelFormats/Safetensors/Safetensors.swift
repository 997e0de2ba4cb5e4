import FoundationEssentials

/// A safetensors file: named tensors and a table of strings.
///
/// The file is a length (8 bytes, little endian), a header of that many bytes of JSON, and the tensors' bytes without
/// gaps; see <https://huggingface.co/docs/safetensors>. Nothing but the header is read: the records point into the file.
package struct SafetensorsFile: Sendable {
  /// The tensors in the order of their bytes in the file.
  package let tensors: [TensorRecord]
  /// What the header's `__metadata__` holds.
  package let metadata: [String: String]

  /// The longest header that is read, which is the format's own limit.
  static let headerLimit = 100_000_000
  /// The most keys and list elements in a header; parsing more would take seconds, and no network needs a tenth of it.
  static let partLimit = 1 << 21

  /// Whether `bytes` begin like a safetensors file, be it whole or cut short.
  package static func looksLikeIt(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return false }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    return length >= 2 && length <= headerLimit
  }

  /// Reads the header of `file` and checks every claim it makes.
  ///
  /// - Throws: `InputError` without a subject: a header that is too long, not UTF-8, not JSON or repeats a name; a type
  ///   that is not read; a shape that does not fit its bytes; bytes that overlap, leave a gap, or end before or after
  ///   the end of the file.
  package init(_ file: FileBytes) throws(InputError) {
    var reader = ByteReader(file.region)
    let length = try reader.readCount(UInt64.self)
    guard length <= Self.headerLimit else {
      throw InputError("", "claims a safetensors header of \(length) bytes, and \(Self.headerLimit) are the most")
    }
    guard length <= reader.remaining else {
      throw InputError("", "is cut short: its header has \(length) bytes, and \(reader.remaining) are there")
    }
    let header = try SafetensorsHeader(reader.take(length))
    let data = try reader.take(reader.remaining)
    tensors = try header.tensors.map { (name, entry) throws(InputError) in try Self.record(name, entry, in: data) }
    metadata = header.metadata
    let end = header.tensors.last?.entry.end ?? 0
    guard end == data.count else {
      throw InputError("", "has \(data.count - end) bytes after its last tensor, which no tensor owns")
    }
  }

  private static func record(
    _ name: String, _ entry: SafetensorsHeader.Entry, in data: ByteRegion
  ) throws(InputError) -> TensorRecord {
    guard let type = ElementType(rawValue: entry.dtype) else {
      let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw InputError(
        "", "tensor \(name.printable) has the type \(entry.dtype.printable), which is not read",
        remedy: "types that are read: \(known)")
    }
    guard entry.end <= data.count else {
      throw InputError("", "is cut short: tensor \(name.printable) ends at byte \(entry.end) of \(data.count)")
    }
    let region = ByteRegion(data.file, offset: data.offset + entry.begin, count: entry.end - entry.begin)
    let record = try TensorRecord(name: name, type: type, shape: entry.shape, region: region)
    guard record.elementCount * type.size == region.count else {
      throw InputError(
        "", "tensor \(name.printable) of shape \(entry.shape) and type \(type.rawValue) has \(region.count) bytes")
    }
    return record
  }
}

/// The JSON header of a safetensors file.
struct SafetensorsHeader {
  struct Entry {
    let dtype: String
    let shape: [Int]
    let begin: Int
    let end: Int
  }

  /// In the order of their bytes, each beginning where the one before it ends.
  let tensors: [(name: String, entry: Entry)]
  let metadata: [String: String]

  init(_ region: ByteRegion) throws(InputError) {
    guard String(validating: region.bytes, as: UTF8.self) != nil, !region.bytes.contains(0) else {
      throw InputError("", "has a safetensors header that is not UTF-8")
    }
    let (colons, commas) = Self.countSeparators(region.bytes)
    guard colons + commas <= SafetensorsFile.partLimit else {
      throw InputError("", "has a safetensors header of more than \(SafetensorsFile.partLimit) parts")
    }
    if let scanned = SafetensorsHeaderScanner(region.bytes) {
      try self.init(scanned.tensors, scanned.metadata)
      return
    }
    let decoded: DecodedHeader
    do { decoded = try JSONDecoder().decode(DecodedHeader.self, from: Data(region.bytes)) } catch {
      throw InputError("", "has a safetensors header that cannot be read: \(Self.explain(error))")
    }
    // A decoder keeps one of two equal keys. Every key has a colon, and no colon outside a string is without a key.
    guard decoded.keyCount == colons else {
      throw InputError("", "gives one name twice in its safetensors header")
    }
    try self.init(decoded.tensors, decoded.metadata)
  }

  private init(_ found: [(name: String, entry: Entry)], _ metadata: [String: String]?) throws(InputError) {
    tensors = found.sorted { one, other in
      (one.entry.begin, one.entry.end, one.name) < (other.entry.begin, other.entry.end, other.name)
    }
    self.metadata = metadata ?? [:]
    var end = 0
    for (name, entry) in tensors {
      guard entry.begin >= 0, entry.begin <= entry.end else {
        throw InputError("", "tensor \(name.printable) claims bytes \(entry.begin) to \(entry.end)")
      }
      guard entry.begin == end else {
        let what = entry.begin < end ? "overlaps the tensor before it" : "leaves a gap before it"
        throw InputError("", "tensor \(name.printable) begins at byte \(entry.begin) and \(what), which ends at \(end)")
      }
      end = entry.end
    }
  }

  /// The colons and commas outside strings.
  private static func countSeparators(_ json: UnsafeRawBufferPointer) -> (colons: Int, commas: Int) {
    var (colons, commas, inString, escaped) = (0, 0, false, false)
    for byte in json {
      switch byte {
      case _ where escaped: escaped = false
      case UInt8(ascii: "\\"): escaped = inString
      case UInt8(ascii: "\""): inString.toggle()
      case UInt8(ascii: ":") where !inString: colons += 1
      case UInt8(ascii: ",") where !inString: commas += 1
      default: break
      }
    }
    return (colons, commas)
  }

  private static func explain(_ error: any Error) -> String {
    let context: DecodingError.Context
    switch error {
    case DecodingError.dataCorrupted(let found), DecodingError.keyNotFound(_, let found),
      DecodingError.typeMismatch(_, let found), DecodingError.valueNotFound(_, let found):
      context = found
    default: return "it is not JSON"
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: " / ").printable
    return (path.isEmpty ? "" : "\(path): ") + context.debugDescription.printable
  }
}

/// The header as its JSON has it.
private struct DecodedHeader: Decodable {
  var tensors: [(name: String, entry: SafetensorsHeader.Entry)] = []
  var metadata: [String: String]?

  /// The keys of all objects.
  var keyCount: Int { tensors.count * 4 + (metadata.map { $0.count + 1 } ?? 0) }

  struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Name.self)
    for key in container.allKeys {
      if key.stringValue == "__metadata__" {
        metadata = try container.decode([String: String].self, forKey: key)
        continue
      }
      let entry = try container.nestedContainer(keyedBy: Name.self, forKey: key)
      let offsets = try entry.decode([Int].self, forKey: Name(stringValue: "data_offsets"))
      guard offsets.count == 2, entry.allKeys.count == 3 else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: "it takes a dtype, a shape and two data_offsets")
      }
      tensors.append(
        (
          key.stringValue,
          SafetensorsHeader.Entry(
            dtype: try entry.decode(String.self, forKey: Name(stringValue: "dtype")),
            shape: try entry.decode([Int].self, forKey: Name(stringValue: "shape")), begin: offsets[0], end: offsets[1])
        ))
    }
  }
}
