import ModelFormats

/// `gradcam report`.
enum ReportCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and files that hold no records, `ConsoleError` where printing ends.
  static func run(_ options: ReportOptions, console: Console) throws -> Int32 {
    let index = try options.writer.read(console: console)
    do {
      try options.writer.write(index, console: console)
    } catch let error as InputError {
      console.report(error)
      return ExitStatus.failure
    }
    let failed = index.failures > 0 ? ", \(index.failures.grouped) failed" : ""
    let count = index.entries.count
    let images = "\(count.grouped) \(count == 1 ? "image" : "images")"
    try console.print("\(printable(options.writer.page.description))  \(images)\(failed)")
    return index.problems.isEmpty ? ExitStatus.success : ExitStatus.failure
  }
}
