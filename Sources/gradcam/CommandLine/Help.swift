/// The texts of `--help`, made from the tables of commands and flags.
enum Help {
  static let width = 100
  /// Where descriptions begin.
  private static let column = 29

  /// The whole tool's help.
  static let overview: [String] =
    ["gradcam shows where in an image a classifier's answer came from.", ""] + usage
    + section("Commands", CommandTable.shown.map { ($0.name, $0.summary) }, column: 17)
    + section("Options", [Flag.help, Flag.version].map { (names(of: $0), $0.help) }, column: 17)
    + section("Examples", (Command.explain.examples.prefix(1) + Command.inspect.examples).map { ($0, "") })
    + section("More", HelpTopic.all.map { ("help \($0.name)", $0.summary) }, column: 17)
    + ["", "gradcam help COMMAND (or gradcam COMMAND --help) tells what a command takes."]

  /// What is printed where nothing was typed.
  static let usage = ["Usage: gradcam COMMAND [OPTIONS] [OPERANDS]"]

  /// The help of one command.
  static func text(on command: Command) -> [String] {
    let operands = command.operands.isEmpty ? "" : " \(command.operands)"
    let name = "gradcam \(command.name)"
    var lines = ["\(name): \(command.summary)", "", "Usage: \(name)\(operands)"]
    for note in command.notes { lines += [""] + wrapped(note, to: width) }
    let flags = Flag.table(of: command)
    for category in Flag.Category.allCases {
      lines += section(category.rawValue, flags.filter { $0.category == category }.map { (names(of: $0), $0.help) })
    }
    lines += section("Exit status", command.exitStatuses.map { ($0.status, $0.meaning) }, column: 5)
    return lines + section("Examples", command.examples.map { ($0, "") })
  }

  /// `-o, --output FILE`, the letter's place kept free where there is none.
  private static func names(of flag: Flag) -> String {
    let letter = flag.short.map { "-\(String(decoding: [$0], as: UTF8.self)), " } ?? "    "
    return letter + flag.synopsis
  }

  /// A heading and its entries, each a term and what it means in a column beside it; nothing where there are none.
  private static func section(_ title: String, _ entries: [(String, String)], column: Int = column) -> [String] {
    entries.isEmpty ? [] : ["", "\(title):"] + entries.flatMap { entry($0, $1, column: column) }
  }

  private static func entry(_ term: String, _ meaning: String, column: Int) -> [String] {
    let term = "  \(term)"
    var lines = wrapped(meaning, to: width - column).map { String(repeating: " ", count: column) + $0 }
    guard let first = lines.first, term.count + 2 <= column else { return [term] + lines }
    lines[0] = term + first.dropFirst(term.count)
    return lines
  }

  /// Lines of whole words; a no-break space holds two together and is printed as a space.
  private static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0.replacing("\u{A0}", with: " ") }
  }
}
