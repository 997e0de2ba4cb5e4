import ModelFormats
import Testing

@testable import gradcam

/// What a line's words ask for, checked as the tool does before it runs.
func parse(_ words: [String]) throws -> Invocation {
  let invocation = try ArgumentParser.parse(words.map { Array($0.utf8) })
  if case .command(let command, let options) = invocation { _ = try command.action.init(command, options) }
  return invocation
}

/// The options of a line for `command`.
func options(of command: Command, _ words: [String]) throws -> Options {
  guard case .command(command, let options) = try parse([command.name] + words) else {
    throw InputError("\(command.name)", "was not understood")
  }
  return options
}

/// The options of `gradcam explain a.jpg -w w.bin` with `words` behind.
func explain(_ words: [String]) throws -> Options { try options(of: .explain, ["a.jpg", "-w", "w.bin"] + words) }

func explain(_ words: String...) throws -> Options { try explain(words) }

/// The line that the tool prints for a command line that is refused.
func complaint(_ words: String...) -> String {
  do { return "\(try parse(words))" } catch { return "gradcam: \(error)" }
}

/// The same for words behind `gradcam explain a.jpg -w w.bin`.
func explainComplaint(_ words: String...) -> String {
  do { return "\(try explain(words))" } catch { return "gradcam: \(error)" }
}
