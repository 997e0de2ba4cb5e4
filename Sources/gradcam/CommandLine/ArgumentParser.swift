import ModelFormats

/// What a command line asks for.
enum Invocation: Sendable {
  case command(Command, Options)
  /// Help on a command, or on the whole tool.
  case help(Command?)
  case version
}

/// Turns a command line's tokens into an `Invocation`.
///
/// Tokens are bytes: a path need not be UTF-8.
struct ArgumentParser {
  private let command: Command
  private let flags: [Flag]
  private var tokens: ArraySlice<[UInt8]>
  private var settings: [(flag: Flag, value: [UInt8])] = []
  private var operands: [FilePath] = []

  /// Reads the tokens behind the program's name.
  ///
  /// - Throws: `InputError` naming the option or operand at fault; all of them are bad usage.
  static func parse(_ tokens: [[UInt8]]) throws(InputError) -> Invocation {
    guard let first = tokens.first else {
      throw InputError("", "no command", remedy: "one of \(listed(CommandTable.names)); gradcam --help")
    }
    let word = String(decoding: first, as: UTF8.self)
    if word == Flag.help.long || word == "-h" { return .help(nil) }
    if word == Flag.version.long || word == "-V" { return .version }
    if word.hasPrefix("-") {
      throw InputError("\(word)", "stands before the command", remedy: "gradcam COMMAND [OPTIONS] [OPERANDS]")
    }
    var parser = ArgumentParser(try CommandTable.named(word), tokens.dropFirst())
    return try parser.parse()
  }

  /// What `words`, the recipe that a record keeps, say to `explain`.
  ///
  /// - Throws: `InputError` naming the word at fault.
  static func options(ofRecipe words: [String]) throws(InputError) -> Options {
    var parser = ArgumentParser(.explain, words.map { Array($0.utf8) }[...])
    guard case .command(_, let options) = try parser.parse() else {
      throw InputError("", "its options are none of explain's")
    }
    // What else a run is told (where its files go, how many cores it takes) is no record's to say.
    if let other = parser.settings.map(\.flag).first(where: { !$0.isPartOfRecipe }) {
      throw InputError("\(other.long)", "is no option that a record keeps")
    }
    if let operand = parser.operands.first { throw InputError("\(operand)", "is no option that a record keeps") }
    return options
  }

  private init(_ command: Command, _ tokens: ArraySlice<[UInt8]>) {
    self.command = command
    self.tokens = tokens
    flags = Flag.table(of: command)
  }

  private mutating func parse() throws(InputError) -> Invocation {
    // A plea for help is heard whatever else is wrong with the line, so the first fault waits for the last token.
    var fault: InputError?
    while let token = tokens.popFirst() {
      do { try take(token) } catch { fault = fault ?? error }
    }
    for flag in settings.map(\.flag) {
      if flag.name == Flag.help.name { return .help(command == .help ? nil : command) }
      if flag.name == Flag.version.name { return .version }
    }
    if let fault { throw fault }
    return .command(command, try options())
  }

  private func options() throws(InputError) -> Options {
    var options = Options()
    var seen: Set<String> = []
    for (flag, value) in settings {
      do { try flag.value.update(&options, value, seen.insert(flag.name).inserted) } catch {
        throw error.about("\(flag.long)")
      }
    }
    options.operands = operands
    options.recipe = recipe { _ in true }
    options.modelWords = recipe { $0.commands.contains(.convert) }
    return options
  }

  /// What was typed of the flags that decide what is made of an image. Of a flag whose last value counts, only that one.
  private func recipe(where isWanted: (Flag) -> Bool) -> [String] {
    flags.filter { $0.isPartOfRecipe && isWanted($0) }.flatMap { flag in
      let values = settings.filter { $0.flag.name == flag.name }.map(\.value)
      return (flag.value.addsUp ? values[...] : values.suffix(1)).map { value in
        flag.value.isSwitch ? flag.long : "\(flag.long)=\(String(decoding: value, as: UTF8.self))"
      }
    }
  }

  private mutating func take(_ token: [UInt8]) throws(InputError) {
    if token == Self.endOfOptions {
      operands += tokens.map { FilePath(bytes: $0) }
      tokens = []
    } else if token.starts(with: Self.endOfOptions) {
      try takeLong(token.dropFirst(2))
    } else if token.count > 1, token.first == Self.dash {
      try takeShort(token.dropFirst())
    } else {
      operands.append(FilePath(bytes: token))
    }
  }

  /// `name` or `name=value`.
  private mutating func takeLong(_ token: ArraySlice<UInt8>) throws(InputError) {
    let parts = token.split(separator: Self.equals, maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(decoding: parts.first ?? [], as: UTF8.self)
    guard let flag = flags.first(where: { $0.name == name }) else { throw unknown(long: name) }
    guard parts.count > 1 else { return settings.append((flag, try flag.value.isSwitch ? [] : nextValue(of: flag))) }
    let value = Array(parts[1])
    guard !flag.value.isSwitch else {
      throw InputError("\(flag.long)", "takes no value, but \(quoted(value)) was given")
    }
    settings.append((flag, value))
  }

  /// Letters behind one dash: switches, then at most one flag whose value is the rest or the next token.
  private mutating func takeShort(_ token: ArraySlice<UInt8>) throws(InputError) {
    let word = String(decoding: token, as: UTF8.self)
    if token.count > 1, flags.contains(where: { $0.name == word }) {
      throw InputError("-\(word)", "unknown option", remedy: "did you mean --\(word)?")
    }
    var letters = token
    while let letter = letters.popFirst() {
      guard let flag = flags.first(where: { $0.short == letter }) else { throw unknown(short: letter) }
      if flag.value.isSwitch {
        settings.append((flag, []))
      } else if letters.isEmpty {
        return settings.append((flag, try nextValue(of: flag)))
      } else {
        return settings.append((flag, Array(letters.first == Self.equals ? letters.dropFirst() : letters)))
      }
    }
  }

  /// The next token, unless it is an option itself: `--output --json` is a slip, not a file called `--json`.
  private mutating func nextValue(of flag: Flag) throws(InputError) -> [UInt8] {
    guard let token = tokens.first else {
      throw InputError("\(flag.long)", "needs a value", remedy: "\(flag.synopsis)")
    }
    guard !isOption(token) else {
      throw InputError(
        "\(flag.long)", "needs a value, but \(quoted(token)) follows",
        remedy: "\(flag.synopsis), or \(flag.long)=VALUE for a value that looks like an option")
    }
    tokens.removeFirst()
    return token
  }

  private func isOption(_ token: [UInt8]) -> Bool {
    if token == Self.endOfOptions { return true }
    if token.starts(with: Self.endOfOptions) {
      let name = token.dropFirst(2).prefix { $0 != Self.equals }
      return flags.contains { $0.name.utf8.elementsEqual(name) }
    }
    return token.count == 2 && token[0] == Self.dash && flags.contains { $0.short == token[1] }
  }

  private static let dash = UInt8(ascii: "-")
  private static let equals = UInt8(ascii: "=")
  private static let endOfOptions: [UInt8] = [dash, dash]
}

// MARK: - What was probably meant

extension ArgumentParser {
  private func unknown(long name: String) -> InputError {
    let long = "--\(name)"
    if let other = Flag.all.first(where: { $0.name == name }), let owner = other.firstCommand {
      return InputError("\(long)", "is not an option of \(command.name)", remedy: "\(owner.name) takes it")
    }
    let guess = nearest(to: name, among: flags.map(\.name))
    let remedy = guess.map { "did you mean --\($0)?" } ?? "gradcam \(command.name) --help lists them"
    return InputError("\(long)", "unknown option", remedy: "\(remedy)")
  }

  private func unknown(short letter: UInt8) -> InputError {
    let short = "-\(String(decoding: [letter], as: UTF8.self))"
    if let other = Flag.all.first(where: { $0.short == letter }), let owner = other.firstCommand {
      return InputError("\(short)", "is not an option of \(command.name)", remedy: "\(owner.name) takes it")
    }
    // One letter is no nearer to this letter than to that; its other case, or a name that begins with it, is.
    let lowercase = letter | 0x20
    let otherCase = flags.compactMap(\.short).first { $0 | 0x20 == lowercase }
    let initial = flags.first { $0.name.utf8.first == lowercase }
    let guess = otherCase.map { "-\(String(decoding: [$0], as: UTF8.self))" } ?? initial?.long
    return InputError(
      "\(short)", "unknown option",
      remedy: guess.map { "did you mean \($0)?" } ?? "gradcam \(command.name) --help lists the options")
  }
}

extension Flag {
  /// The command to name where the flag is used with another.
  fileprivate var firstCommand: Command? { CommandTable.all.first { commands.contains($0) } }
}
