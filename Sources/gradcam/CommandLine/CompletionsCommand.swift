import ModelFormats

extension Command {
  static let completions = Command(
    name: "completions", summary: "print what teaches a shell to complete commands and options", operands: "SHELL",
    operandOffer: { .words(Shell.allCases.map(\.rawValue)) },
    notes: [
      "SHELL is bash, zsh or fish. Where the scripts are found: bash, by the package bash-completion, "
        + "~/.local/share/bash-completion/completions/gradcam; zsh, any folder of $fpath, as _gradcam; fish, "
        + "~/.config/fish/completions/gradcam.fish. Scripts/install puts all three, and the manual page, below its prefix."
    ], examples: ["gradcam completions fish > gradcam.fish"], action: CompletionsCommand.self)
}

/// `gradcam completions`.
struct CompletionsCommand: Action {
  private let shell: Shell

  init(_ command: Command, _ options: Options) throws(InputError) {
    try options.refuseOperands(beyond: 1, of: command)
    let names = Shell.allCases.map(\.rawValue)
    guard let operand = options.operands.first else {
      throw InputError("\(command.name)", "no shell is named", remedy: "\(listed(names))")
    }
    guard let shell = Shell(rawValue: operand.description) else {
      throw InputError("\(operand)", "is not a shell that completions are made for", remedy: "\(listed(names))")
    }
    self.shell = shell
  }

  func run(_ caller: Caller) throws -> Int32 {
    try caller.console.print(shell.completions)
    return ExitStatus.success
  }
}

/// The shells that completions are made for.
enum Shell: String, CaseIterable, Sendable {
  case bash, zsh, fish

  /// The script that teaches the shell to complete `gradcam`, line by line.
  var completions: [String] {
    switch self {
    case .bash: BashCompletions.script
    case .zsh: ZshCompletions.script
    case .fish: FishCompletions.script
    }
  }
}

extension String {
  /// The text between single quotes, as bash and zsh read it.
  var shellQuoted: String { "'\(replacing("'", with: #"'\''"#))'" }
}
