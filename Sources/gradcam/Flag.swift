import ModelFormats

/// One option of the command line. The parser, the help and the suggestions are all made from a table of these.
struct Flag: Sendable {
  /// The name behind `--`.
  let name: String
  /// The letter behind `-`.
  let short: UInt8?
  let value: FlagValue
  let commands: Set<Command>
  let category: Category
  /// One sentence without a full stop; choices and the default are added by `help`.
  let summary: String

  /// The headings that help lists flags under, in that order.
  enum Category: String, CaseIterable {
    case model = "Model"
    case inputs = "Images"
    case maps = "Explanation"
    case look = "Overlay"
    case outputs = "Output"
    case running = "Running"
    case general = "General"
  }

  init(
    _ name: String, short: Unicode.Scalar? = nil, _ value: FlagValue, _ category: Category,
    of commands: Set<Command>, _ summary: String
  ) {
    self.name = name
    self.short = short.map { UInt8(ascii: $0) }
    self.value = value
    self.category = category
    self.commands = commands
    self.summary = summary
  }

  /// Whether the flag decides what is made of an image, and not where images come from and results go.
  var isPartOfRecipe: Bool {
    let others = ["no-orient", "fast-decode", "engine"]
    return name != "weights" && [.model, .maps, .look].contains(category) || others.contains(name)
  }

  /// `--name`, as errors call the flag.
  var long: String { "--\(name)" }

  /// `--name VALUE`.
  var synopsis: String { value.placeholder.map { "\(long) \($0)" } ?? long }

  /// The line of help: the summary, what the value may be, and the default.
  var help: String {
    var text = summary
    if !value.choices.isEmpty { text += ": \(listed(value.choices))" }
    if let standard = value.defaultText { text += " (default:\u{A0}\(standard))" }
    return text
  }
}

/// What a flag takes and the field of `Options` that it sets.
struct FlagValue: Sendable {
  typealias Field<Value> = WritableKeyPath<Options, Value> & Sendable
  typealias Reader<Value> = @Sendable ([UInt8]) throws(InputError) -> Value

  /// How help calls the value; nil for a switch, which takes none.
  let placeholder: String?
  let choices: [String]
  let defaultText: String?
  /// What a shell can offer for the value.
  let offer: Offer
  /// Whether the values add up when the flag is repeated; otherwise the last counts.
  let addsUp: Bool
  /// Stores the value, which is empty for a switch. Throws without naming the flag.
  let update: @Sendable (inout Options, [UInt8]) throws(InputError) -> Void

  init(
    _ placeholder: String?, choices: [String] = [], defaultText: String? = nil, offer: Offer = .nothing,
    addsUp: Bool = false,
    update: @escaping @Sendable (inout Options, [UInt8]) throws(InputError) -> Void
  ) {
    self.placeholder = placeholder
    self.choices = choices
    self.defaultText = defaultText
    self.offer = choices.isEmpty ? offer : .words(choices)
    self.addsUp = addsUp
    self.update = update
  }

  /// A switch that stores `value`.
  static func sets<Value: Sendable>(_ field: Field<Value>, to value: Value) -> FlagValue {
    FlagValue(nil) { (options, _) throws(InputError) in options[keyPath: field] = value }
  }

  /// A switch that turns its field on.
  static func turnsOn(_ field: Field<Bool>) -> FlagValue { sets(field, to: true) }

  /// A switch that the parser acts upon by itself.
  static let nothing = FlagValue(nil) { (_, _) throws(InputError) in }

  /// One value as `read` understands it; the last of several counts. Where nothing is said, files are offered for paths.
  static func one<Value>(
    _ placeholder: String, _ field: Field<Value>, default standard: String? = nil, offering offer: Offer? = nil,
    _ read: @escaping Reader<Value>
  ) -> FlagValue {
    let isPath = Value.self == FilePath.self || Value.self == FilePath?.self
    return FlagValue(placeholder, defaultText: standard, offer: offer ?? (isPath ? .files : .nothing)) {
      (options, bytes) throws(InputError) in
      options[keyPath: field] = try read(bytes)
    }
  }

  /// One of the words that `Word` lists.
  static func choice<Word: Choice>(_ placeholder: String, _ field: Field<Word>) -> FlagValue {
    let words = Word.allCases.map(\.rawValue)
    return FlagValue(placeholder, choices: words, defaultText: Options()[keyPath: field].rawValue) {
      (options, bytes) throws(InputError) in
      options[keyPath: field] = try word(bytes, among: words)
    }
  }

  /// One of the words that `Word` lists, or none where nobody gives the flag.
  static func choice<Word: Choice>(_ placeholder: String, _ field: Field<Word?>, default standard: String? = nil)
    -> FlagValue
  {
    let words = Word.allCases.map(\.rawValue)
    return FlagValue(placeholder, choices: words, defaultText: standard) { (options, bytes) throws(InputError) in
      options[keyPath: field] = try word(bytes, among: words)
    }
  }

  private static func word<Word: Choice>(_ bytes: [UInt8], among words: [String]) throws(InputError) -> Word {
    let text = try FlagReader.text(bytes)
    if let word = Word(rawValue: text) { return word }
    let guess = nearest(to: text, among: words).map { "; did you mean \($0)?" } ?? ""
    throw InputError("", "\(quoted(bytes)) is not a value it takes", remedy: "\(listed(words))\(guess)")
  }

  /// Values that add up when the flag is repeated, each kept once.
  static func several(
    _ placeholder: String, _ field: Field<[String]>, default standard: String, offering offer: Offer = .nothing,
    _ read: @escaping Reader<[String]>
  ) -> FlagValue {
    FlagValue(placeholder, defaultText: standard, offer: offer, addsUp: true) { (options, bytes) throws(InputError) in
      for item in try read(bytes) where !options[keyPath: field].contains(item) {
        options[keyPath: field].append(item)
      }
    }
  }
}

/// "a, b or c".
func listed(_ words: [String]) -> String {
  guard let last = words.last, words.count > 1 else { return words.first ?? "" }
  return words.dropLast().joined(separator: ", ") + " or \(last)"
}

/// What was typed, between quotation marks.
func quoted(_ bytes: [UInt8]) -> String { "'\(String(decoding: bytes, as: UTF8.self))'" }
