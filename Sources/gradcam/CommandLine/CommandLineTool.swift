import GradCAMCore
import ModelFormats

/// The tool: from tokens to an exit status.
enum CommandLineTool {
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

  /// What any command takes, in bytes: without it the process would be ended before it can say so.
  private static let leastMemory = 48 << 20

  private static func run(_ invocation: Invocation, console: Console) throws -> Int32 {
    switch invocation {
    case .version: try console.print("gradcam \(Version.number)")
    case .help(let command): try console.print(command.map(Help.text(on:)) ?? Help.overview)
    case .command(let command, var options):
      guard MemoryHeadroom.canMap(leastMemory) else {
        throw InputError(
          "memory", "less than \(MemoryNeed.text(leastMemory)) can be had",
          remedy: "a larger limit, which ulimit -v sets")
      }
      let (running, remarks) = options.running.held()
      options.running = running
      let action = try command.action.init(command, options)
      console.verbosity = options.verbosity
      for remark in remarks { console.warn(remark) }
      return try action.run(Caller(console: console, readRecipe: ArgumentParser.options(ofRecipe:)))
    }
    return ExitStatus.success
  }
}
