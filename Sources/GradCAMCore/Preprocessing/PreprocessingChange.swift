public import ModelFormats

/// What somebody says of preprocessing: a preset, which replaces all that is known of it; keys, each of which changes what is
/// known of that key; or a preset and then the keys that change it.
public struct PreprocessingChange: Sendable {
  /// The preset as it was typed, and what it stands for; nil where keys change what is known.
  let preset: (name: String, specification: Preprocessing)?
  /// The keys in their order, each once, with values that they take.
  private let values: [(key: Preprocessing.Key, text: Substring)]

  /// The keys that it sets beside the preset's.
  var keys: Set<Preprocessing.Key> { Set(values.map(\.key)) }

  /// Reads `imagenet`, `resize=300`, or `imagenet,crop=256`.
  ///
  /// - Throws: `InputError` about `preprocess` that names the nearest preset, key or value.
  public init(parsing text: String) throws(InputError) {
    do { try self.init(items: text) } catch { throw error.about(.preprocess) }
  }

  private init(items text: String) throws(InputError) {
    var preset: (name: String, specification: Preprocessing)?
    var values: [(key: Preprocessing.Key, text: Substring)] = []
    var sample = Preprocessing()
    for (index, item) in text.split(separator: ",", omittingEmptySubsequences: false).enumerated() {
      guard let equals = item.firstIndex(of: "=") else {
        guard index == 0 else { throw Self.misplaced(item) }
        preset = (String(item), try Self.preset(item))
        continue
      }
      let key = try Self.key(item[..<equals])
      guard !values.contains(where: { $0.key == key }) else { throw InputError("", "sets \(key.rawValue) twice") }
      let value = item[item.index(after: equals)...]
      try sample.set(key, to: value)
      values.append((key, value))
    }
    if let problem = sample.problem { throw InputError("", "\(problem)") }
    (self.preset, self.values) = (preset, values)
  }

  /// The preset, or what is known where there is none, with the values of the keys.
  ///
  /// - Parameters:
  ///   - known: what a model's file says, or what is assumed.
  ///   - size: the height and width that the model takes, which a preset fits itself to; nil where any will do.
  /// - Throws: `InputError` about `preprocess` where the keys' values do not go together.
  func applied(
    to known: Preprocessing, size: (height: Int, width: Int)? = nil
  ) throws(InputError) -> Preprocessing {
    var full = preset.map { preset in size.map(preset.specification.fitted) ?? preset.specification } ?? known
    do throws(InputError) {
      for (key, text) in values { try full.set(key, to: text) }
      if let problem = full.problem { throw InputError("", "\(problem)") }
    } catch {
      throw error.about(.preprocess)
    }
    return full
  }
}

// MARK: - Words

extension PreprocessingChange {
  private static func key(_ name: Substring) throws(InputError) -> Preprocessing.Key {
    if let key = Preprocessing.Key(rawValue: String(name)) { return key }
    throw InputError(
      "", "has no key \"\(name)\"", remedy: meant(name, among: Preprocessing.Key.allCases.map(\.rawValue)))
  }

  private static func preset(_ name: Substring) throws(InputError) -> Preprocessing {
    if let found = Preprocessing.presets.first(where: { $0.key == name }) { return found.value }
    if name.isEmpty { throw InputError("", "has an empty part", remedy: "imagenet,crop=256 is right") }
    let words = Preprocessing.presets.map(\.key) + Preprocessing.Key.allCases.map { "\($0.rawValue)=" }
    throw InputError("", "has no preset \"\(name)\"", remedy: meant(name, among: words))
  }

  /// The words that somebody may have meant; all of them where none is near.
  private static func meant(_ name: Substring, among words: [String]) -> Message {
    let near = nearest(to: String(name), among: words, count: 1)
    return near.first.map { "did you mean \($0)?" } ?? "one of \(words.joined(separator: ", "))"
  }

  private static func misplaced(_ item: Substring) -> InputError {
    if Preprocessing.presets.contains(where: { $0.key == item }) {
      return InputError("", "has the preset \(item) behind other parts", remedy: "it comes first")
    }
    return InputError("", "has the part \"\(item)\" without a value", remedy: "imagenet,crop=256 is right")
  }
}
