import GradCAMCore

extension Command {
  static let metrics = Command(
    name: "metrics", summary: "list what evaluate measures",
    notes: [
      "A line has the name, which way is better, how often the network sees a changed image for one map (with evaluate's own settings; "
        + "metrics of one map share some of these passes), and the paper."
    ], examples: ["gradcam metrics"], action: MetricsCommand.self)
}

/// `gradcam metrics`: name, which way is better, what it costs, and the paper.
struct MetricsCommand: Listing {
  var lines: [String] {
    alignedColumns(
      Metrics.all.map { [$0.name, $0.isBetterHigh ? "more is better" : "less is better", Self.cost(of: $0), $0.paper] })
  }

  private static func cost(of metric: any Metric) -> String {
    let passes = metric.passes(MetricSettings())
    let parts = [
      passes > 0 ? (passes == 1 ? "1 pass" : "\(passes) passes") : nil,
      metric.needs.contains(.explanations) ? "1 map" : nil,
    ]
    return parts.compactMap { $0 }.joined(separator: ", ")
  }
}
