import GradCAMCore

extension Command {
  static let colormaps = Command(
    name: "colormaps", summary: "list what --colormap takes", examples: ["gradcam colormaps"],
    action: ColormapsCommand.self)
}

/// `gradcam colormaps`: name, and where the colours come from.
struct ColormapsCommand: Listing {
  var lines: [String] { alignedColumns(ColorMap.all.map { [$0.name, $0.summary] }) }
}
