import ModelFormats

/// The classes that records name, by what files call them: a name, in any case and with _ or spaces between its words, or an index.
///
/// A record names five classes of its model at most, so that a class may be the model's though none names it.
struct TruthClasses {
  /// Labels that several classes of one model have; the page calls those by label and index.
  let shared: Set<String>
  /// Whether every record names all of its model's classes.
  let areComplete: Bool

  /// The names that the page has for them.
  private let names: Set<String>
  private let plainNames: [String: Set<String>]
  private let byIndex: [Int: Set<String>]
  /// Whether labels are numbers, so that a number is no index.
  private let areNumbers: Bool

  init(_ records: [RecordClasses]) {
    var indices: [String: [String: Set<Int>]] = [:]
    for record in records {
      for entry in record.entries {
        guard let label = entry.label, let index = entry.index else { continue }
        indices[record.model, default: [:]][label, default: []].insert(index)
      }
    }
    let shared = Set(indices.values.flatMap { $0.filter { $0.value.count > 1 }.keys })
    let entries = Set(records.flatMap(\.entries))
    (self.shared, byIndex) = (
      shared,
      entries.reduce(into: [:]) { found, entry in
        if let index = entry.index { found[index, default: []].insert(entry.name(shared)) }
      }
    )
    names = Set(entries.map { $0.name(shared) })
    plainNames = names.reduce(into: [:]) { $0[Self.plain($1), default: []].insert($1) }
    areNumbers = entries.contains { $0.label.flatMap { Int($0) } != nil }
    let answered = records.filter { !$0.entries.isEmpty }
    areComplete = !answered.isEmpty && answered.allSatisfy { $0.ranked < RecordClasses.mostRanked }
  }

  /// What the page calls the class; nil where no record names it.
  ///
  /// - Throws: `InputError` without a subject where it could be several.
  func name(of word: String) throws(InputError) -> String? {
    if names.contains(word) { return word }
    if shared.contains(word) { throw Self.ambiguity(word, names.filter { $0.hasPrefix("\(word) (") }) }
    if let found = plainNames[Self.plain(word)] { return try Self.only(found, word) }
    guard !areNumbers, let index = Self.index(word), let found = byIndex[index] else { return nil }
    return try Self.only(found, word)
  }

  /// What the page calls a class that no record names.
  func unknownName(of word: String) -> String {
    !areNumbers && Self.index(word) != nil ? "class \(word)" : word
  }

  private static func index(_ word: String) -> Int? {
    word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(word) : nil
  }

  private static func only(_ found: Set<String>, _ word: String) throws(InputError) -> String {
    guard found.count == 1, let name = found.first else { throw ambiguity(word, found) }
    return name
  }

  private static func ambiguity(_ word: String, _ names: Set<String>) -> InputError {
    let list = names.sorted().map { $0.brief(24) }.listed(3)
    return InputError(
      "", "its class \(word.brief(24)) could be several of the model's: \(list)", remedy: "one of these names instead")
  }

  private static func plain(_ name: String) -> String { String(name.lowercased().map { $0 == "_" ? " " : $0 }) }
}

/// The classes that a record names, whatever else it holds.
struct RecordClasses: Decodable {
  /// A class by its index, its label, or both.
  struct Entry: Decodable, Hashable {
    let index: Int?
    let label: String?

    private enum CodingKeys: String, CodingKey { case index, label }

    init(from decoder: any Decoder) {
      let fields = try? decoder.container(keyedBy: CodingKeys.self)
      index = try? fields?.decodeIfPresent(Int.self, forKey: .index)
      let label = try? fields?.decodeIfPresent(String.self, forKey: .label)
      self.label = label?.isEmpty == false ? label : nil
    }

    /// What the page calls the class.
    func name(_ shared: Set<String>) -> String {
      guard let label else { return "class \(index.map { "\($0)" } ?? "?")" }
      return shared.contains(label) ? "\(label) (\(index.map { "\($0)" } ?? "?"))" : label
    }
  }

  private struct Map: Decodable {
    let target: Entry?
  }

  let image: String
  let model: String
  let entries: [Entry]
  /// How many of them its prediction ranks.
  let ranked: Int

  /// The most that a prediction ranks.
  static let mostRanked = 5

  private enum CodingKeys: String, CodingKey {
    case image, model, prediction, maps
    case imageBase64 = "image_base64"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    let path = FilePath(
      recorded: try fields.decode(String.self, forKey: .image),
      try? fields.decodeIfPresent(String.self, forKey: .imageBase64))
    image = path.description
    model = (try? fields.decodeIfPresent(String.self, forKey: .model)) ?? ""
    let prediction = (try? fields.decodeIfPresent([Entry].self, forKey: .prediction)) ?? []
    let maps = (try? fields.decodeIfPresent([Map].self, forKey: .maps)) ?? []
    let targets = maps.compactMap(\.target).filter { $0.index != nil || $0.label != nil }
    (entries, ranked) = (prediction + targets, prediction.count)
  }
}
