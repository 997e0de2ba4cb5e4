import ModelFormats
import Testing

@testable import gradcam

/// Parses a line's words, given as text.
func parse(_ words: String...) throws -> Invocation {
  try ArgumentParser.parse(words.map { Array($0.utf8) })
}

/// The options of `gradcam explain a.jpg -w w.bin` with `words` behind.
func explain(_ words: [String]) throws -> ExplainOptions {
  let line = ["explain", "a.jpg", "-w", "w.bin"] + words
  guard case .explain(let options) = try ArgumentParser.parse(line.map { Array($0.utf8) }) else {
    throw InputError("explain", "was not understood")
  }
  return options
}

func explain(_ words: String...) throws -> ExplainOptions { try explain(words) }

/// The line that the tool prints for a command line that is refused.
func complaint(_ words: String...) -> String {
  do {
    return "\(try ArgumentParser.parse(words.map { Array($0.utf8) }))"
  } catch {
    return "gradcam: \(error)"
  }
}

/// The same for words behind `gradcam explain a.jpg -w w.bin`.
func explainComplaint(_ words: String...) -> String {
  do { return "\(try explain(words))" } catch { return "gradcam: \(error)" }
}
