import ModelFormats

/// What a flag takes and the field of `Options` that it sets.
struct FlagValue: Sendable {
  typealias Field<Value> = WritableKeyPath<Options, Value> & Sendable
  typealias Reader<Value> = ValueReader.Reader<Value>
  /// Stores a value, which is empty for a switch. Throws without naming the flag.
  typealias Update = @Sendable (inout Options, [UInt8], _ isFirst: Bool) throws(InputError) -> Void

  /// How help calls the value; nil for a switch, which takes none.
  let placeholder: String?
  let choices: [String]
  let defaultText: String?
  /// What a shell can offer for the value.
  let offer: Offer
  /// Whether the values add up when the flag is repeated; otherwise the last counts.
  let addsUp: Bool
  let update: Update

  var isSwitch: Bool { placeholder == nil }

  private init(
    _ placeholder: String?, choices: [String] = [], default standard: String? = nil, offer: Offer = .nothing,
    addsUp: Bool = false, update: @escaping Update
  ) {
    self.placeholder = placeholder
    self.choices = choices
    self.defaultText = standard
    self.offer = choices.isEmpty ? offer : .words(choices)
    self.addsUp = addsUp
    self.update = update
  }

  /// A switch that stores `value`.
  static func sets<Value: Sendable>(_ field: Field<Value>, to value: Value) -> FlagValue {
    FlagValue(nil) { (options, _, _) throws(InputError) in options[keyPath: field] = value }
  }

  /// A switch that turns its field on.
  static func turnsOn(_ field: Field<Bool>) -> FlagValue { sets(field, to: true) }

  /// A switch that the parser acts upon by itself.
  static let nothing = FlagValue(nil) { (_, _, _) throws(InputError) in }

  /// One value as `read` understands it; the last of several counts. Where nothing is said, files are offered for paths.
  static func one<Value>(
    _ placeholder: String, _ field: Field<Value>, default standard: String? = nil, offering offer: Offer? = nil,
    _ read: @escaping Reader<Value>
  ) -> FlagValue {
    let isPath = Value.self == FilePath.self || Value.self == FilePath?.self
    return FlagValue(placeholder, default: standard, offer: offer ?? (isPath ? .files : .nothing)) {
      (options, bytes, _) throws(InputError) in
      options[keyPath: field] = try read(bytes)
    }
  }

  /// One of the words that `Word` offers.
  static func choice<Word: Choice>(_ placeholder: String, _ field: Field<Word>) -> FlagValue {
    choice(placeholder, default: Options()[keyPath: field].rawValue) { $0[keyPath: field] = $1 }
  }

  /// One of the words that `Word` offers, or none where nobody gives the flag.
  static func choice<Word: Choice>(_ placeholder: String, _ field: Field<Word?>, default standard: String? = nil)
    -> FlagValue
  {
    choice(placeholder, default: standard) { $0[keyPath: field] = $1 }
  }

  private static func choice<Word: Choice>(
    _ placeholder: String, default standard: String?, _ store: @escaping @Sendable (inout Options, Word) -> Void
  ) -> FlagValue {
    let words = Word.offered.map(\.rawValue)
    return FlagValue(placeholder, choices: words, default: standard) { (options, bytes, _) throws(InputError) in
      let text = try ValueReader.text(bytes)
      guard words.contains(text), let word = Word(rawValue: text) else {
        let guess = nearest(to: text, among: words).map { "; did you mean \($0)?" } ?? ""
        throw InputError("", "\(quoted(bytes)) is not a value it takes", remedy: "\(listed(words))\(guess)")
      }
      store(&options, word)
    }
  }

  /// Values that add up when the flag is repeated, each kept once; the first takes the place of the default.
  ///
  /// - Parameter isSame: whether two values are one.
  static func several<Item>(
    _ placeholder: String, _ field: Field<[Item]>, default standard: String, offering offer: Offer = .nothing,
    _ read: @escaping Reader<[Item]>, isSame: @escaping @Sendable (Item, Item) -> Bool
  ) -> FlagValue {
    FlagValue(placeholder, default: standard, offer: offer, addsUp: true) {
      (options, bytes, isFirst) throws(InputError) in
      var items = isFirst ? [] : options[keyPath: field]
      for item in try read(bytes) where !items.contains(where: { isSame($0, item) }) { items.append(item) }
      options[keyPath: field] = items
    }
  }
}
