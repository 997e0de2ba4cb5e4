/// The names of classes in JSON, Python's literals and pickles, in the forms that scripts leave.
package enum ClassNames {
  /// Where names stand in data that hold more: Ultralytics' `names`, `class_names` (<https://qgis-plugin-deepness.readthedocs.io>), the
  /// `classes`, `labels` and `categories` of many scripts, Hugging Face's `id2label`, torchvision's `class_to_idx`, timm's `label_names`.
  package static let keys = [
    "names", "class_names", "classes", "labels", "id2label", "class_to_idx", "label_names", "class_labels", "label2id",
    "idx_to_class", "idx2label", "categories",
  ]

  /// What columns of tables and keys of objects are called that hold a class's index, and its name. Some may mean either.
  package static let indexWords = [
    "index", "idx", "id", "class_id", "classid", "class_index", "class_idx", "label_id", "labelid", "label_index",
    "target", "number", "class", "label", "category_id",
  ]
  package static let nameWords = [
    "name", "class_name", "classname", "label_name", "category_name", "label", "class", "category", "display_name",
    "description", "text",
  ]

  /// The names by index, of `["cat", "dog"]`, `{"0": "cat"}`, `{"cat": 0}`, `{"cat": "0"}`, `[{"id": 0, "name": "cat"}]` or Keras's
  /// `{"0": ["n02123045", "tabby"]}`.
  ///
  /// - Throws: `InputError` without a subject or a remedy: something else, an index that is none, comes twice or is left out.
  package static func read(_ value: PlainValue) throws(InputError) -> [String] {
    if let elements = value.elements {
      guard !elements.isEmpty else { throw InputError("", "is an empty list") }
      return elements.allSatisfy { $0.entries != nil } ? try objects(elements) : try list(elements)
    }
    guard let entries = value.entries, !entries.isEmpty else { throw InputError("", "is JSON that holds no names") }
    // Both sides may be numbers: keys are indexes then, where values are text.
    let isByKey = entries.allSatisfy { Int($0.key) != nil && name($0.value) != nil }
    return try ordered(entries.map { entry throws(InputError) in try pair(entry, isByKey: isByKey) })
  }

  /// The names by index, of pairs in any order.
  ///
  /// - Throws: `InputError` without a subject: an index that is none, comes twice or is left out.
  package static func ordered(_ pairs: [(index: Int, name: String)]) throws(InputError) -> [String] {
    var names = [String?](repeating: nil, count: pairs.count)
    for (index, name) in pairs {
      guard names.indices.contains(index) else {
        let first = pairs.map(\.index).min() ?? 0
        let start =
          Set(pairs.map(\.index)).count == pairs.count && first == 1 && !pairs.contains { $0.index > pairs.count }
        let problem: Message =
          start
          ? "counts its \(pairs.count) classes from 1"
          : "names \(pairs.count) classes, and one of them is number \(index)"
        throw InputError("", problem, remedy: "indexes from 0, without a gap")
      }
      if let other = names[index] {
        throw InputError("", "names class \(index) twice, \(other.printable) and \(name.printable)")
      }
      names[index] = name
    }
    return names.compactMap { $0 }
  }

  private static func list(_ elements: [PlainValue]) throws(InputError) -> [String] {
    try elements.enumerated().map { index, element throws(InputError) in
      guard let name = name(element) else { throw InputError("", "is a list whose element \(index) is no name") }
      return name
    }
  }

  /// Objects with a name and mostly an index: `[{"id": 0, "name": "cat"}]`. Without indexes their order counts.
  private static func objects(_ elements: [PlainValue]) throws(InputError) -> [String] {
    let indexKey = indexWords.first { key in elements.allSatisfy { $0[key].flatMap(index) != nil } }
    let nameKey = nameWords.first { key in key != indexKey && elements.allSatisfy { $0[key]?.text != nil } }
    guard let nameKey else { throw InputError("", "is a list of objects that do not all have a name") }
    return try ordered(
      elements.enumerated().map { place, element in
        (indexKey.flatMap { element[$0] }.flatMap(index) ?? place, element[nameKey]?.text ?? "")
      })
  }

  private static func pair(_ entry: PlainValue.Entry, isByKey: Bool) throws(InputError) -> (index: Int, name: String) {
    if isByKey || index(entry.value) == nil, let index = Int(entry.key), let name = name(entry.value) {
      return (index, name)
    }
    if let index = index(entry.value) { return (index, entry.key) }
    let isNumber = entry.value.number != nil
    throw InputError(
      "",
      isNumber
        ? "gives \(entry.key.printable) an index that is no whole number"
        : "has under \(entry.key.printable) neither a name nor an index")
  }

  /// A whole number, or a text that is one.
  private static func index(_ value: PlainValue) -> Int? {
    value.number.flatMap(Int.init(exactly:)) ?? value.text.flatMap { Int($0) }
  }

  /// A text, or the last of a list of texts: Keras has the number in its catalogue before it.
  private static func name(_ value: PlainValue) -> String? {
    if let text = value.text { return text }
    guard let words = value.elements, !words.isEmpty, words.allSatisfy({ $0.text != nil }) else { return nil }
    return words.last?.text
  }
}
