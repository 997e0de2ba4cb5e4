import Synchronization

@testable import gradcam

/// Keeps what is written.
final class MemorySink: ByteSink {
  let isTerminal: Bool
  let columns: Int
  /// What every write answers.
  private let failure: Int32?
  private let bytes = Mutex<[UInt8]>([])

  init(isTerminal: Bool = false, columns: Int = 80, failure: Int32? = nil) {
    (self.isTerminal, self.columns, self.failure) = (isTerminal, columns, failure)
  }

  func write(_ bytes: [UInt8]) -> Int32? {
    if let failure { return failure }
    self.bytes.withLock { $0 += bytes }
    return nil
  }

  var text: String { String(decoding: bytes.withLock { $0 }, as: UTF8.self) }
}

/// What a command line prints and returns.
func outcome(of words: String...) -> (status: Int32, output: String, errors: String) {
  let (output, errors) = (MemorySink(), MemorySink())
  let status = CommandLineTool.run(words.map { Array($0.utf8) }, console: Console(output: output, errors: errors))
  return (status, output.text, errors.text)
}
