import GradCAMCore

extension Command {
  static let metrics = Command(
    name: "metrics", summary: "list what evaluate measures", examples: ["gradcam metrics"], action: MetricsCommand.self)
}

/// `gradcam metrics`: name, which way is better, and the paper.
struct MetricsCommand: Listing {
  var lines: [String] {
    alignedColumns(Metrics.all.map { [$0.name, $0.isBetterHigh ? "more is better" : "less is better", $0.paper] })
  }
}
