import ModelFormats

/// One command of the tool: what help says of it, and what it does.
///
/// A command has a file of its own, which adds it to this type, and a line in `CommandTable.all`.
struct Command: Sendable {
  let name: String
  /// What it does, in one line.
  let summary: String
  /// What stands behind its name in the usage line.
  var operands = ""
  /// What its operands may be; asked for later, since that may be the commands themselves.
  var operandOffer: @Sendable () -> Offer = { .nothing }
  /// Paragraphs between the usage line and the flags.
  var notes: [String] = []
  /// Lines that work when pasted.
  let examples: [String]
  /// What the exit statuses mean.
  var exitStatuses = ExitStatus.ofListings
  /// Whether the overview and the suggestions speak of it.
  var isShown = true
  let action: any Action.Type

  /// `gradcam explain [OPTIONS] …`.
  var usage: String { operands.isEmpty ? "gradcam \(name)" : "gradcam \(name) \(operands)" }
}

extension Command: CustomStringConvertible {
  var description: String { name }
}

extension Command: Hashable {
  static func == (left: Command, right: Command) -> Bool { left.name == right.name }
  func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// What a command does: made from what was typed, and then run.
protocol Action: Sendable {
  /// Checks what was typed, as far as that can be told without a file.
  ///
  /// - Throws: `InputError` naming the option or operand at fault.
  init(_ command: Command, _ options: Options) throws(InputError)

  /// Does the work and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and files that cannot be used, `ConsoleError` where printing ends.
  func run(_ caller: Caller) throws -> Int32
}

/// An action that prints lines which are always the same.
protocol Listing: Action {
  init()
  var lines: [String] { get }
}

extension Listing {
  init(_ command: Command, _ options: Options) throws(InputError) {
    try options.refuseOperands(beyond: 0, of: command)
    self.init()
  }

  func run(_ caller: Caller) throws -> Int32 {
    try caller.console.print(lines)
    return ExitStatus.success
  }
}

/// Who runs a command: where it prints, and how it has the options read that a record keeps.
struct Caller: Sendable {
  let console: Console
  let readRecipe: RecipeReader
}

/// What the process says when it ends.
enum ExitStatus {
  static let success: Int32 = 0
  /// At least one input failed, or a result could not be written.
  static let failure: Int32 = 1
  /// Bad usage, or a model that cannot be loaded.
  static let usage: Int32 = 2

  typealias Meanings = [(status: String, meaning: String)]

  static let ofListings: Meanings = [
    ("0", "done"), ("1", "the result could not be written"), ("2", "bad usage"),
  ]
  static let ofModelCommands: Meanings = [
    ("0", "done"),
    ("1", "the result could not be written"),
    ("2", "bad usage, or a model that cannot be loaded"),
  ]
}

// MARK: - Operands

extension Options {
  /// The model that is the first of at most `limit` operands.
  ///
  /// - Throws: `InputError` naming the command, or the operand that is too many.
  func modelOperand(of command: Command, limit: Int = 1) throws(InputError) -> FilePath {
    guard let first = operands.first else {
      throw InputError("\(command.name)", "no model is named", remedy: "\(command.usage)")
    }
    try refuseOperands(beyond: limit, of: command)
    return first
  }

  /// Files of records, of which standard input may be one.
  ///
  /// - Throws: `InputError` naming the command, or `-` where it stands twice.
  func recordOperands(of command: Command) throws(InputError) -> [FilePath] {
    guard !operands.isEmpty else {
      throw InputError("\(command.name)", "no file of records is named", remedy: "\(command.usage)")
    }
    guard operands.count(where: \.isDash) < 2 else {
      throw InputError("-", "is named twice, but standard input can be read once")
    }
    return operands
  }

  /// The file of `--output`, which is not standard output.
  ///
  /// - Parameter kind: what is written, as in `page`.
  /// - Throws: `InputError` about `--output`.
  func namedOutput(for kind: String) throws(InputError) -> FilePath {
    guard let file = outputs.file else {
      throw InputError("--output", "is required", remedy: "--output FILE names the \(kind) to write")
    }
    guard !file.isDash else {
      throw InputError("--output", "a \(kind) cannot be written to standard output", remedy: "name a file")
    }
    return file
  }

  /// - Throws: `InputError` naming the first operand beyond `limit`.
  func refuseOperands(beyond limit: Int, of command: Command) throws(InputError) {
    guard operands.count > limit else { return }
    throw InputError("\(operands[limit])", "is one operand too many", remedy: "\(command.usage)")
  }
}
