import ModelFormats

/// `gradcam explain`.
enum ExplainCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and models that cannot be loaded, `ConsoleError` where printing ends.
  static func run(_ options: ExplainOptions, console: Console) throws -> Int32 {
    throw InputError("explain", "is not available in this build")
  }
}
