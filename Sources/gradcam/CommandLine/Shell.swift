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
