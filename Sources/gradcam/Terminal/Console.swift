import Glibc
import ModelFormats
import Synchronization

/// Why nothing more can be printed.
enum ConsoleError: Error, Equatable {
  /// The reader has gone, as `head` does, or reads nothing though the run is to end: not a failure.
  case closed
  /// Standard output cannot be written.
  case failed(InputError)
}

/// How much is said on standard error.
enum Verbosity: Sendable { case quiet, normal, verbose }

/// Everything that a run prints: results on standard output, the rest on standard error.
///
/// Lines of several workers never mix, and the progress meter is out of the way of each.
final class Console: Sendable {
  private struct State {
    var verbosity = Verbosity.normal
    var isMeterDrawn = false
  }

  private let output: any ByteSink
  private let errors: any ByteSink
  private let allowsColor: Bool
  /// How long pipes are waited for, those of the console among them.
  let pipes: PipeWait
  private let state = Mutex(State())

  /// - Parameters:
  ///   - allowsColor: whether a terminal may be written to in colour.
  ///   - pipes: what the sinks wait with.
  init(output: any ByteSink, errors: any ByteSink, allowsColor: Bool = false, pipes: PipeWait = PipeWait()) {
    self.output = output
    self.errors = errors
    self.allowsColor = allowsColor
    self.pipes = pipes
  }

  /// The process's own.
  static func standard() -> Console {
    Terminal.occupyStandardDescriptors()
    Terminal.ignoreBrokenPipes()
    Terminal.ignoreSizeLimits()
    let pipes = PipeWait()
    return Console(
      output: DescriptorSink(descriptor: STDOUT_FILENO, pipes: pipes),
      errors: DescriptorSink(descriptor: STDERR_FILENO, pipes: pipes),
      allowsColor: Palette.isWelcome { getenv($0).map { String(cString: $0) } }, pipes: pipes)
  }

  var verbosity: Verbosity {
    get { state.withLock { $0.verbosity } }
    set { state.withLock { $0.verbosity = newValue } }
  }

  /// The colours of what is printed on standard output.
  var outputPalette: Palette { Palette(isColored: allowsColor && output.isTerminal) }
  /// The colours of what is printed on standard error.
  var errorPalette: Palette { Palette(isColored: allowsColor && errors.isTerminal) }

  // MARK: - Results

  /// Prints a line on standard output.
  func print(_ line: String) throws(ConsoleError) { try print([line]) }

  /// Prints lines on standard output with one write.
  func print(_ lines: [String]) throws(ConsoleError) {
    try write(Array(lines.map { $0 + "\n" }.joined().utf8))
  }

  /// Prints a line on standard output that says what was done, whether or not it is still read.
  func printConclusion(_ line: String) throws(ConsoleError) {
    do { try print(line) } catch { if error != .closed { throw error } }
  }

  /// Writes bytes to standard output.
  func write(_ bytes: [UInt8]) throws(ConsoleError) {
    let failure = state.withLock { state in
      clearMeter(&state)
      return output.write(bytes)
    }
    guard let failure else { return }
    if failure == EPIPE || failure == ECANCELED { throw .closed }
    throw .failed(InputError("standard output", "cannot be written: \(describe(failure))"))
  }

  // MARK: - Standard error

  // Where standard error cannot be written there is nobody left to tell, so these do not throw.

  /// Prints a line that is neither progress nor a warning, whatever the verbosity.
  func note(_ line: String) { writeError([line]) }

  /// Prints lines on standard error, whatever the verbosity.
  func note(_ lines: [String]) { writeError(lines) }

  /// Prints what went wrong.
  func report(_ error: InputError) { writeError(["\(errorPalette.failure("gradcam:")) \(printable(error.withFlags))"]) }

  /// Prints what may be wrong, unless the run is quiet.
  func warn(_ warning: InputError) {
    if verbosity != .quiet {
      writeError(["gradcam: \(errorPalette.caution("warning:")) \(printable(warning.withFlags))"])
    }
  }

  /// Prints a line that only `--verbose` asks for.
  func detail(_ line: @autoclosure () -> String) {
    if verbosity == .verbose { writeError([printable(line())]) }
  }

  private func writeError(_ lines: [String]) {
    state.withLock { state in
      clearMeter(&state)
      _ = errors.write(Array(lines.map { $0 + "\n" }.joined().utf8))
    }
  }

  // MARK: - Progress

  /// Draws how far a run of many images is, on a terminal that is not told to be quiet.
  ///
  /// It stays until the next line is printed, or `endProgress`.
  ///
  /// - Parameters:
  ///   - total: nil where nobody knows.
  ///   - note: what stands behind the numbers, such as the rate.
  func progress(done: Int, of total: Int?, failed: Int = 0, unit: String = "images", note: String = "") {
    guard errors.isTerminal else { return }
    let line = Self.meter(done: done, of: total, failed: failed, columns: errors.columns, unit: unit, note: note)
    state.withLock { state in
      guard state.verbosity != .quiet else { return }
      state.isMeterDrawn = true
      _ = errors.write(Array("\r\(line)\u{1B}[K".utf8))
    }
  }

  /// Whether `progress` draws anything.
  var showsProgress: Bool { errors.isTerminal && verbosity != .quiet }

  /// The terminal on which somebody sees what stops a run; nil where nobody does.
  var terminal: Int32? { showsProgress ? STDERR_FILENO : nil }

  /// Takes the meter off the terminal.
  func endProgress() { state.withLock { clearMeter(&$0) } }

  /// `[#####.....] 12 of 24 images, 1 failed`; without its bar on a narrow terminal.
  static func meter(
    done: Int, of total: Int?, failed: Int, columns: Int, unit: String = "images", note: String = ""
  ) -> String {
    let text = "\(done)\(total.map { " of \($0)" } ?? "") \(unit)" + (failed > 0 ? ", \(failed) failed" : "") + note
    // The last column stays free: some terminals wrap when it is filled.
    let room = min(30, columns - 1 - text.utf8.count - 3)
    guard room >= 10, let total, total > 0 else { return String(text.prefix(max(0, columns - 1))) }
    let filled = Int(Double(room) * min(1, Double(done) / Double(total)))
    return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: room - filled))] \(text)"
  }

  private func clearMeter(_ state: inout State) {
    guard state.isMeterDrawn else { return }
    state.isMeterDrawn = false
    _ = errors.write(Array("\r\u{1B}[K".utf8))
  }
}
