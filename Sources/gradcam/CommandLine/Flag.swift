import ModelFormats

/// One option of the command line. The parser, the help, the manual and the completions are all made from a table of these.
struct Flag: Sendable {
  /// The name behind `--`.
  let name: String
  /// The letter behind `-`.
  let short: UInt8?
  let value: FlagValue
  let commands: [Command]
  /// Whether the flag decides what is made of an image, and not where images come from and results go.
  let isPartOfRecipe: Bool
  /// Short sentences, the last without a full stop; choices and the default are added by `help`. Put together when it is asked for: a run that prints
  /// no help needs none.
  var summary: String { makeSummary() }
  private let makeSummary: @Sendable () -> String
  /// Set by the table's section.
  fileprivate(set) var category = Category.general

  /// The headings that help lists flags under, in that order.
  enum Category: String, CaseIterable {
    case model = "Model"
    case inputs = "Images"
    case maps = "Explanation"
    case evaluation = "Measuring"
    case look = "Overlay"
    case outputs = "Output"
    case running = "Running"
    case general = "General"
  }

  init(
    _ name: String, short: Unicode.Scalar? = nil, _ value: FlagValue, of commands: [Command] = [.explain],
    recipe: Bool = false, _ summary: @autoclosure @escaping @Sendable () -> String
  ) {
    self.name = name
    self.short = short.map { UInt8(ascii: $0) }
    self.value = value
    self.commands = commands
    self.isPartOfRecipe = recipe
    makeSummary = summary
  }

  /// `--name`, as errors call the flag.
  var long: String { "--\(name)" }

  /// `-w` and `--weights`: how the flag may be typed.
  var spellings: [String] { (short.map { ["-\(String(decoding: [$0], as: UTF8.self))"] } ?? []) + [long] }

  /// `--name VALUE`.
  var synopsis: String { value.placeholder.map { "\(long) \($0)" } ?? long }

  /// The line of help: the summary, what the value may be, and the default.
  var help: String {
    var text = summary
    if !value.choices.isEmpty { text += ": \(listed(value.choices))" }
    if let standard = value.defaultText { text += " (default:\u{A0}\(standard))" }
    return text
  }

  /// The summary as far as it fits beside a name: without what it goes on to explain.
  var brief: String {
    let end = [";", ". ", ": ", " ("].compactMap { summary.firstRange(of: $0)?.lowerBound }.min()
    return String(summary[..<(end ?? summary.endIndex)])
  }
}

/// Flags under one heading of help.
@resultBuilder enum FlagSection {
  static func buildBlock(_ flags: Flag...) -> [Flag] { flags }
}

extension Flag {
  static func section(_ category: Category, @FlagSection _ flags: () -> [Flag]) -> [Flag] {
    flags().map { flag in
      var flag = flag
      flag.category = category
      return flag
    }
  }
}
