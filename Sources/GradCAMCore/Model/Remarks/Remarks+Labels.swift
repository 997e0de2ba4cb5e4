import ModelFormats

extension Remarks {
  /// The classes' names by index, under one of `ClassNames.keys` or in OpenMMLab's `meta`.
  ///
  /// - Throws: `InputError` without a subject for a key that holds something else.
  static func labels(_ entries: [String: PlainValue]) throws(InputError) -> [String]? {
    for key in ClassNames.keys {
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

  /// What `ClassNames` reads, or text with names a line or between commas; nil for anything else.
  static func names(_ value: PlainValue) -> [String]? {
    if let text = value.text {
      guard let first = text.first, !"[{(".contains(first) else { return nil }
      let names = text.split(separator: text.contains("\n") ? "\n" : ",", omittingEmptySubsequences: false)
      return names.count > 1 ? names.map { String($0.drop { $0 == " " }) } : nil
    }
    return try? ClassNames.read(value)
  }

  static func checked(_ names: [String]?, _ key: String) throws(InputError) -> [String] {
    guard let names, !names.isEmpty else { throw wrong(key, "list of names") }
    let controls = names.contains { name in name.unicodeScalars.contains { $0.properties.generalCategory == .control } }
    guard !controls, !names.contains("") else { throw wrong(key, "list of names that can be printed") }
    return names
  }
}
