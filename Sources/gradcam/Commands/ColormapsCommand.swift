import GradCAMCore
import ModelFormats

extension Command {
  static let colormaps = Command(
    name: "colormaps", summary: "list what --colormap takes", examples: ["gradcam colormaps"],
    action: ColormapsCommand.self)
}

/// `gradcam colormaps`: name, and where the colours come from.
struct ColormapsCommand: Action {
  init(_ command: Command, _ options: Options) throws(InputError) {
    try options.refuseOperands(beyond: 0, of: command)
  }

  func run(_ caller: Caller) throws -> Int32 {
    try caller.console.print(alignedColumns(ColorMap.all.map { [$0.name, $0.summary] }))
    return ExitStatus.success
  }
}
