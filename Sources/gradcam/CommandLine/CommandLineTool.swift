import ModelFormats

/// The tool: from tokens to an exit status.
enum CommandLineTool {
  static let version = "0.1.0"

  /// Runs one command line and returns the process's exit status.
  static func run(_ tokens: [[UInt8]], console: Console) -> Int32 {
    guard !tokens.isEmpty else {
      console.note(Help.usage + ["gradcam --help tells more."])
      return ExitStatus.usage
    }
    do {
      return try run(try ArgumentParser.parse(tokens), console: console)
    } catch ConsoleError.closed {
      return ExitStatus.success
    } catch ConsoleError.failed(let error) {
      console.report(error)
      return ExitStatus.failure
    } catch let error as InputError {
      console.report(error)
      return ExitStatus.usage
    } catch {
      console.report(InputError("", "\(error)"))
      return ExitStatus.failure
    }
  }

  private static func run(_ invocation: Invocation, console: Console) throws -> Int32 {
    switch invocation {
    case .explain(let options):
      console.verbosity = options.verbosity
      return try ExplainCommand.run(options, console: console)
    case .convert(let options):
      console.verbosity = options.verbosity
      return try ConvertCommand.run(options, console: console)
    case .inspect(let options):
      console.verbosity = options.verbosity
      return try InspectCommand.run(options, console: console)
    case .verify(let options):
      console.verbosity = options.verbosity
      return try VerifyCommand.run(options, console: console)
    case .report(let options):
      console.verbosity = options.verbosity
      return try ReportCommand.run(options, console: console)
    case .bench(let options):
      console.verbosity = options.verbosity
      return try BenchCommand.run(options, console: console)
    case .methods: try console.print(alignedColumns(ListCommands.methods()))
    case .colormaps: try console.print(alignedColumns(ListCommands.colormaps()))
    case .completions(let shell): try console.print(shell.completions)
    case .man: try console.print(ManualPage.text)
    case .help(let command): try console.print(command.map(Help.text(on:)) ?? Help.overview)
    case .version: try console.print("gradcam \(version)")
    }
    return ExitStatus.success
  }
}

/// What the process says when it ends.
enum ExitStatus {
  static let success: Int32 = 0
  /// At least one input failed, or a result could not be written.
  static let failure: Int32 = 1
  /// Bad usage, or a model that cannot be loaded.
  static let usage: Int32 = 2
}
