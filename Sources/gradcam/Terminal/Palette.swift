/// The few colours that a terminal is written to in, or none.
struct Palette: Equatable, Sendable {
  let isColored: Bool

  /// Whether an environment lets programs use colours: see https://no-color.org.
  ///
  /// - Parameter variable: a variable's value; nil where it is not set.
  static func isWelcome(in variable: (String) -> String?) -> Bool {
    let terminal = variable("TERM") ?? ""
    return (variable("NO_COLOR") ?? "").isEmpty && !terminal.isEmpty && terminal != "dumb"
  }

  /// What went wrong: bold red.
  func failure(_ text: String) -> String { painted(text, "1;31") }

  /// What may be wrong: bold yellow.
  func caution(_ text: String) -> String { painted(text, "1;33") }

  private func painted(_ text: String, _ code: String) -> String {
    isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
