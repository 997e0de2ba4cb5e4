import ModelFormats

/// `gradcam convert`.
enum ConvertCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and models that cannot be loaded, `ConsoleError` where printing ends.
  static func run(_ options: ConvertOptions, console: Console) throws -> Int32 {
    throw InputError("convert", "is not available in this build")
  }
}
