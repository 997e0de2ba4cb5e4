import Foundation
import Testing

/// A JSON value, looked into without types of its own.
struct JSON {
  private let value: Any

  init(_ text: String) throws {
    value = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
  }
  private init(value: Any) { self.value = value }

  subscript(key: String) -> JSON { JSON(value: (value as? [String: Any])?[key] ?? "absent") }
  subscript(index: Int) -> JSON { JSON(value: (value as? [Any])?[index] ?? "absent") }

  var keys: [String] { (value as? [String: Any])?.keys.sorted() ?? [] }
  var count: Int { (value as? [Any])?.count ?? 0 }
  var text: String? { value as? String }
  var number: Double? { (value as? NSNumber)?.doubleValue }
  var integers: [Int]? { value as? [Int] }
  var isFalse: Bool { value as? Bool == false }
  var isNull: Bool { value is NSNull }
}
