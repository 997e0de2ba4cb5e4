import FoundationEssentials
import ModelFormats

/// The keys of a record that is read: what is missing or of another type is noted, and its place filled.
final class RecordFields<Key: CodingKey> {
  private let container: KeyedDecodingContainer<Key>
  private(set) var missing: [String] = []

  init(_ container: KeyedDecodingContainer<Key>) { self.container = container }

  /// The value, without which there is no record.
  func required<Value: Decodable>(_ key: Key) throws -> Value { try container.decode(Value.self, forKey: key) }

  /// The value where there is one; of another type it makes the line no record.
  func optional<Value: Decodable>(_ key: Key) throws -> Value? {
    try container.decodeIfPresent(Value.self, forKey: key)
  }

  /// The value of a key that every record has.
  subscript<Value: Decodable>(key: Key, or filler: Value) -> Value {
    if let value = try? container.decode(Value.self, forKey: key) { return value }
    missing.append(key.stringValue)
    return filler
  }

  /// The value of a key that a record may lack.
  subscript<Value: Decodable>(key: Key) -> Value? {
    guard container.contains(key) else { return nil }
    do { return try container.decodeIfPresent(Value.self, forKey: key) } catch {
      missing.append(key.stringValue)
      return nil
    }
  }
}

/// A value whose key is always written: null stands for its absence.
@propertyWrapper
struct OrNull<Value: Codable & Sendable>: Codable, Sendable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

extension KeyedDecodingContainer {
  /// A key that older records lack stands for null.
  func decode<Value>(_ type: OrNull<Value>.Type, forKey key: Key) throws -> OrNull<Value> {
    try decodeIfPresent(type, forKey: key) ?? OrNull(wrappedValue: nil)
  }
}

/// A number whose key is always written. JSON has no infinity and no NaN: they are null.
@propertyWrapper
struct FiniteOrNull: Codable, Sendable {
  var wrappedValue: Float?

  init(wrappedValue: Float?) { self.wrappedValue = wrappedValue }

  init(from decoder: any Decoder) throws { wrappedValue = try OrNull(from: decoder).wrappedValue }

  func encode(to encoder: any Encoder) throws {
    try OrNull(wrappedValue: wrappedValue.flatMap { $0.isFinite ? $0 : nil }).encode(to: encoder)
  }
}

extension KeyedDecodingContainer {
  /// A key that a record lacks stands for null.
  func decode(_ type: FiniteOrNull.Type, forKey key: Key) throws -> FiniteOrNull {
    try decodeIfPresent(type, forKey: key) ?? FiniteOrNull(wrappedValue: nil)
  }
}

extension FilePath {
  /// The path for people, and its bytes in base 64 where that loses some.
  var recorded: (String, String?) {
    (description, isUTF8 ? nil : Data(bytes).base64EncodedString())
  }

  /// A path as it was recorded: what is readable, unless its bytes stand beside it.
  init(recorded readable: String, _ exact: String?) {
    self = exact.flatMap { Data(base64Encoded: $0) }.map { FilePath(bytes: $0) } ?? FilePath(readable)
  }
}
