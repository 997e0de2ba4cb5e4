import ModelFormats

extension Command {
  static let man = Command(
    name: "man", summary: "print the manual page",
    notes: ["Prints gradcam(1) in the language of man's macros: gradcam man | man -l - shows it."],
    examples: ["gradcam man > gradcam.1"], action: ManualCommand.self)
}

/// `gradcam man`.
struct ManualCommand: Action {
  init(_ command: Command, _ options: Options) throws(InputError) {
    try options.refuseOperands(beyond: 0, of: command)
  }

  func run(_ caller: Caller) throws -> Int32 {
    try caller.console.print(ManualPage.text)
    return ExitStatus.success
  }
}
