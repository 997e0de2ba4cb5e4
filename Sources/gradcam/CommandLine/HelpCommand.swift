import ModelFormats

extension Command {
  static let help = Command(
    name: "help", summary: "explain a command and its options", operands: "[COMMAND]",
    operandOffer: { .words(Command.names) }, examples: ["gradcam help explain"], action: HelpCommand.self)
}

/// `gradcam help`: on a command, or on the whole tool.
struct HelpCommand: Action {
  private let command: Command?

  init(_ command: Command, _ options: Options) throws(InputError) {
    try options.refuseOperands(beyond: 1, of: command)
    self.command = try options.operands.first.map { name throws(InputError) in try .named("\(name)") }
  }

  func run(_ caller: Caller) throws -> Int32 {
    try caller.console.print(command.map(Help.text(on:)) ?? Help.overview)
    return ExitStatus.success
  }
}
