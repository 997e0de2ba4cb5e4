import ModelFormats

/// A record's JSON as the page carries it: every key that a record has, known here or not, but for what is long and tells
/// a reader nothing. Outlines are drawn in the overlay already, and their number stays; what only programs compare, the
/// digests of maps and files, and the recipe, stays away.
enum PageValue: Codable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case array([PageValue])
  case object([String: PageValue])

  /// A record's line.
  ///
  /// - Throws: `InputError` without a subject: why it is no record.
  init(line: [UInt8]) throws(InputError) { self = try decodedLine(line) }

  init(from decoder: any Decoder) throws {
    if let fields = try? decoder.container(keyedBy: Key.self) {
      self = .object(try Self.object(fields))
      return
    }
    if var items = try? decoder.unkeyedContainer() {
      var values: [PageValue] = []
      while !items.isAtEnd { values.append(try items.decode(PageValue.self)) }
      self = .array(values)
      return
    }
    self = try Self.scalar(decoder.singleValueContainer())
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .array(let values): try container.encode(values)
    case .object(let fields): try container.encode(fields)
    }
  }

  private static func object(_ fields: KeyedDecodingContainer<Key>) throws -> PageValue.Fields {
    var values: Fields = [:]
    for key in fields.allKeys where !leftOut.contains(key.stringValue) {
      if key.stringValue == "contours", let outlines = try? fields.nestedUnkeyedContainer(forKey: key) {
        values[key.stringValue] = .number(Double(outlines.count ?? 0))
      } else {
        values[key.stringValue] = try fields.decode(PageValue.self, forKey: key)
      }
    }
    return values
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> PageValue {
    if container.decodeNil() { return .null }
    if let text = try? container.decode(String.self) { return .text(text) }
    if let flag = try? container.decode(Bool.self) { return .bool(flag) }
    // A browser's numbers are doubles: a longer whole number, as a seed may be, stays itself as text alone.
    if let whole = try? container.decode(UInt64.self), whole > 1 << 53 { return .text("\(whole)") }
    return .number(try container.decode(Double.self))
  }

  private static let leftOut: Set = [
    "digest", "recipe", "output_bytes", "output_sha256", "heatmap_bytes", "heatmap_sha256", "dump_bytes", "dump_sha256",
  ]

  typealias Fields = [String: PageValue]

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
}
