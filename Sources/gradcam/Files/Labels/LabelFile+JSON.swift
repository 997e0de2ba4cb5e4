import ModelFormats

extension LabelFile {
  /// Where names stand in JSON that holds more: `id2label` in Hugging Face's config.json, `label_names` in timm's.
  private static let keys = [
    "id2label", "label2id", "label_names", "class_names", "names", "classes", "labels", "categories", "class_to_idx",
  ]

  /// Names in JSON: a list, `{"0": "cat"}`, `{"cat": 0}`, Keras's `{"0": ["n02123045", "tabby"]}`, or any of these under a usual key.
  ///
  /// - Returns: nil for what is no JSON.
  /// - Throws: `InputError` without a subject for JSON that is something else.
  static func json(_ text: String) throws(InputError) -> [String]? {
    let start = text.utf8.first { !" \t\r\n".utf8.contains($0) }
    guard let start, start == UInt8(ascii: "{") || start == UInt8(ascii: "[") else { return nil }
    guard let value = PlainValue(parsing: text) else {
      // A label may well stand in brackets, alone on its line.
      if isBracketedWord(text) { return nil }
      throw InputError("", "is no JSON that can be read", remedy: remedy)
    }
    if let key = keys.first(where: { value[$0]?.entries != nil || value[$0]?.elements != nil }), let inner = value[key]
    {
      return try names(inner)
    }
    return try names(value)
  }

  private static func isBracketedWord(_ text: String) -> Bool {
    let lines = text.split(whereSeparator: \.isNewline)
    guard lines.count > 1, let first = lines.first else { return false }
    let line = first.utf8
    return line.first == UInt8(ascii: "[") && line.last == UInt8(ascii: "]") && !line.contains(UInt8(ascii: "\""))
      && !line.contains(UInt8(ascii: ","))
  }

  private static func names(_ value: PlainValue) throws(InputError) -> [String] {
    if let elements = value.elements {
      guard !elements.isEmpty else { throw InputError("", "is an empty list", remedy: remedy) }
      var found: [String] = []
      for (index, element) in elements.enumerated() {
        guard let name = name(element) else {
          throw InputError("", "is a list whose element \(index) is no name", remedy: remedy)
        }
        found.append(name)
      }
      return found
    }
    guard let entries = value.entries, !entries.isEmpty else {
      throw InputError("", "is JSON that holds no names", remedy: remedy)
    }
    var pairs: [(index: Int, name: String)] = []
    for entry in entries {
      if let number = entry.value.number {
        guard let index = Int(exactly: number) else {
          throw InputError("", "gives \(entry.key.printable) an index that is no whole number", remedy: remedy)
        }
        pairs.append((index, entry.key))
      } else if let index = Int(entry.key), let name = name(entry.value) {
        pairs.append((index, name))
      } else {
        throw InputError("", "has under \(entry.key.printable) neither a name nor an index", remedy: remedy)
      }
    }
    return try ordered(pairs)
  }

  /// A text, or the last of a list of texts: Keras has the number in its catalogue before it.
  private static func name(_ value: PlainValue) -> String? {
    if let text = value.text { return text }
    guard let words = value.elements, !words.isEmpty, words.allSatisfy({ $0.text != nil }) else { return nil }
    return words.last?.text
  }
}
