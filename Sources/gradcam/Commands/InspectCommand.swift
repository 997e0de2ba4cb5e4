import ModelFormats

/// `gradcam inspect`.
enum InspectCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and models that cannot be loaded, `ConsoleError` where printing ends.
  static func run(_ options: InspectOptions, console: Console) throws -> Int32 {
    throw InputError("inspect", "is not available in this build")
  }
}
