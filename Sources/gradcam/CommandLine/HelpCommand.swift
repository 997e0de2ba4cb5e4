import ModelFormats

extension Command {
  static let help = Command(
    name: "help", summary: "explain a command and its options", operands: "[COMMAND|TOPIC]",
    operandOffer: { .words(CommandTable.names + HelpTopic.all.map(\.name)) },
    examples: ["gradcam help explain", "gradcam help export"], action: HelpCommand.self)
}

/// `gradcam help`: on a command, on a topic, or on the whole tool.
struct HelpCommand: Action {
  private let lines: [String]

  init(_ command: Command, _ options: Options) throws(InputError) {
    try options.refuseOperands(beyond: 1, of: command)
    guard let word = options.operands.first.map({ "\($0)" }) else {
      lines = Help.overview
      return
    }
    if let topic = HelpTopic.all.first(where: { $0.name == word }) {
      lines = topic.lines
    } else {
      lines = Help.text(on: try CommandTable.named(word))
    }
  }

  func run(_ caller: Caller) throws -> Int32 {
    try caller.console.print(lines)
    return ExitStatus.success
  }
}
