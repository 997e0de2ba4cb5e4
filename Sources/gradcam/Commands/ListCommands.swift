import GradCAMCore

/// The rows of `gradcam methods` and `gradcam colormaps`.
enum ListCommands {
  /// Name, what it needs, and the paper.
  static func methods() -> [[String]] { CAMMethods.all.map { [$0.name, $0.needs.description, $0.paper] } }

  /// Name, and where the colours come from.
  static func colormaps() -> [[String]] { ColorMap.all.map { [$0.name, $0.summary] } }
}
