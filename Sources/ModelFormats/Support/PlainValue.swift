/// Data that a file holds beside its network: what JSON, Python's literals and pickles have alike.
package indirect enum PlainValue: Sendable, Hashable {
  case none
  case bool(Bool)
  case number(Double)
  case string(String)
  case list([PlainValue])
  /// In the file's order; keys that are numbers as text.
  case table([Entry])

  package struct Entry: Sendable, Hashable {
    package let key: String
    package let value: PlainValue

    package init(key: String, value: PlainValue) { (self.key, self.value) = (key, value) }
  }

  /// Reads JSON or a Python literal: `{"a": [1, true]}`, `{0: 'cat', 1: "dog's"}`, `(224, 224)`.
  ///
  /// - Returns: nil for text that is neither, is nested deeper than `PlainValueParser.deepest`, or is longer than `longest`.
  package init?(parsing text: String) {
    var parser = PlainValueParser(text)
    guard let value = parser.document() else { return nil }
    self = value
  }

  /// The text, of a text.
  package var text: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// The number, of a number.
  package var number: Double? {
    if case .number(let number) = self { return number }
    return nil
  }

  package var elements: [PlainValue]? {
    if case .list(let elements) = self { return elements }
    return nil
  }

  package var entries: [Entry]? {
    if case .table(let entries) = self { return entries }
    return nil
  }

  /// A list of numbers, or one number as a list of one.
  package var numbers: [Double]? {
    if let number { return [number] }
    guard let elements, !elements.isEmpty else { return nil }
    let numbers = elements.compactMap(\.number)
    return numbers.count == elements.count ? numbers : nil
  }

  /// What a table has under a key.
  package subscript(key: String) -> PlainValue? { entries?.first { $0.key == key }?.value }
}
