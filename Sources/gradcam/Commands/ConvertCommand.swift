import GradCAMCore
import ModelFormats

/// `gradcam convert`.
enum ConvertCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and models that cannot be loaded, `ConsoleError` where printing ends.
  static func run(_ options: ConvertOptions, console: Console) throws -> Int32 {
    if let existing = FileIdentity(options.output), existing == FileIdentity(options.source) {
      throw InputError("--output", "'\(options.output)' is the model that is read", remedy: "another name")
    }
    let overrides = try options.model.overrides(layer: options.defaultLayer)
    let model = try Model.load(options.source, overrides, threads: Cores.count)
    console.introduce(model, at: options.source)
    do {
      try model.write(to: options.output, threads: Cores.count)
    } catch {
      console.report(error)
      return ExitStatus.failure
    }
    try console.print("\(options.output)  \(model.architecture)  \(model.parameterCount.grouped) parameters")
    return ExitStatus.success
  }
}
