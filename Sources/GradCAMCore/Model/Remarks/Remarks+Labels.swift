import ModelFormats

extension Remarks {
  /// The keys under which class names stand: Ultralytics' `names`, `class_names` (<https://qgis-plugin-deepness.readthedocs.io>), the
  /// `classes`, `labels` and `id2label` of many scripts, torchvision's `class_to_idx`, and OpenMMLab's `meta`.
  private static let keys = [
    "names", "class_names", "classes", "labels", "id2label", "class_to_idx", "label_names", "class_labels", "label2id",
    "idx_to_class", "idx2label", "categories",
  ]

  /// The classes' names by index.
  ///
  /// - Throws: `InputError` without a subject for a key that holds something else.
  static func labels(_ entries: [String: PlainValue]) throws(InputError) -> [String]? {
    for key in keys {
      guard let value = entries.literal(key) else { continue }
      return try checked(names(value), key)
    }
    if let text = entries["model_info labels"]?.text {
      return try checked(text.split(separator: " ").map(String.init), "model_info labels")
    }
    if let meta = entries["meta"], let value = meta["CLASSES"] ?? meta["dataset_meta"]?["classes"] {
      return try checked(names(value), "meta")
    }
    return nil
  }

  /// `["cat", "dog"]`, `{0: "cat", 1: "dog"}` or `{"cat": 0, "dog": 1}`, or text with names a line or between commas; nil for anything
  /// else.
  static func names(_ value: PlainValue) -> [String]? {
    if let text = value.text {
      guard let first = text.first, !"[{(".contains(first) else { return nil }
      let names = text.split(separator: text.contains("\n") ? "\n" : ",", omittingEmptySubsequences: false)
      return names.count > 1 ? names.map { String($0.drop { $0 == " " }) } : nil
    }
    if let elements = value.elements {
      let names = elements.compactMap(\.text)
      return names.count == elements.count ? names : nil
    }
    guard let entries = value.entries else { return nil }
    var names = [String?](repeating: nil, count: entries.count)
    for entry in entries {
      let byIndex = entry.value.text.map { (Int(entry.key), $0) }
      let byName = entry.value.number.map { (Int(exactly: $0), entry.key) }
      guard let (index, name) = byIndex ?? byName, let index, names.indices.contains(index), names[index] == nil else {
        return nil
      }
      names[index] = name
    }
    return names.compactMap { $0 }
  }

  static func checked(_ names: [String]?, _ key: String) throws(InputError) -> [String] {
    guard let names, !names.isEmpty else { throw wrong(key, "list of names") }
    let controls = names.contains { name in name.unicodeScalars.contains { $0.properties.generalCategory == .control } }
    guard !controls, !names.contains("") else { throw wrong(key, "list of names that can be printed") }
    return names
  }
}
