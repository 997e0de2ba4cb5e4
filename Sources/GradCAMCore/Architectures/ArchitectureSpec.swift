public import ModelFormats

/// An architecture and what it takes to build it again: `xray-classifier:nc=3,nf=8`.
public struct ArchitectureSpec: Codable, Sendable, Hashable, CustomStringConvertible {
  /// One of `ArchitectureRegistry.names`.
  public var name: String
  /// By key, such as the number of classes.
  public var arguments: [String: Int]
  /// By key, what is chosen by its name: `head-activation` and `head-pooling`.
  public var choices: [String: String]

  private enum CodingKeys: CodingKey { case name, arguments, choices }

  /// An architecture by its name; what is not said is read from the weights.
  public init(name: String, arguments: [String: Int] = [:], choices: [String: String] = [:]) {
    (self.name, self.arguments, self.choices) = (name, arguments, choices)
  }

  /// What every architecture whose head the file may replace can be told of that head, which has no weights.
  private static let known = [
    "head-activation": HeadPlan.Activation.allCases.map(\.rawValue),
    "head-pooling": HeadPlan.Pooling.allCases.filter { $0 != .usual }.map(\.rawValue),
  ]

  /// What stands between the linear layers of a head; nil where nobody says it.
  var headActivation: HeadPlan.Activation? { choices["head-activation"].flatMap(HeadPlan.Activation.init) }

  /// How the head pools the last feature map; nil where nobody says it.
  var headPooling: HeadPlan.Pooling? { choices["head-pooling"].flatMap(HeadPlan.Pooling.init) }

  /// Parses `NAME[:key=value,…]`.
  ///
  /// - Throws: `InputError` without a subject.
  public init(parsing text: String) throws(InputError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    self.init(name: String(parts[0]))
    guard parts.count == 2 else { return }
    for pair in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
      let sides = pair.split(separator: "=", omittingEmptySubsequences: false)
      if sides.count == 2, let words = Self.known[String(sides[0])] {
        try choose(String(sides[1]), for: String(sides[0]), among: words)
        continue
      }
      guard sides.count == 2, !sides[0].isEmpty, let value = Int(sides[1]), Self.range.contains(value) else {
        throw InputError("", "'\(pair)' is no argument of an architecture", remedy: "key=value with a whole number")
      }
      arguments[String(sides[0])] = value
    }
  }

  private mutating func choose(_ word: String, for key: String, among words: [String]) throws(InputError) {
    guard words.contains(word) else {
      throw InputError(
        "", "'\(key)=\(word)' is no argument of an architecture", remedy: "\(words.joined(separator: ", "))")
    }
    choices[key] = word
  }

  /// Reads what `encode` writes.
  ///
  /// - Throws: `InputError` without a subject for an argument out of range or a choice that does not exist.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      name: try container.decode(String.self, forKey: .name),
      arguments: try container.decode([String: Int].self, forKey: .arguments))
    for (key, word) in try container.decodeIfPresent([String: String].self, forKey: .choices) ?? [:] {
      try choose(word, for: key, among: Self.known[key] ?? [])
    }
    if let (key, value) = arguments.first(where: { !Self.range.contains($0.value) }) {
      throw InputError("", "\(key)=\(value) is no argument of an architecture")
    }
  }

  /// Writes name and arguments, and choices where there are any.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(arguments, forKey: .arguments)
    if !choices.isEmpty { try container.encode(choices, forKey: .choices) }
  }

  /// What an argument may be: larger networks do not exist, and their sizes would not fit an integer.
  private static let range = 1...1 << 16

  /// `NAME[:key=value,…]`, in the order of keys, as `init(parsing:)` reads it.
  public var description: String {
    let pairs = arguments.mapValues(String.init).merging(choices) { first, _ in first }
    if pairs.isEmpty { return name }
    return name + ":" + pairs.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
  }
}
