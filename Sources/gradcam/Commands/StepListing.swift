import GradCAMCore

/// What `gradcam bench --layers` prints: every step of the plan.
enum StepListing {
  /// The reports for people.
  static func lines(_ reports: [StepReport]) -> [String] {
    let rows = reports.map { report in
      [
        printable(report.layer), report.kind, report.shape.map(String.init).joined(separator: "×"),
        report.algorithm ?? "", report.milliseconds.fixed(3), report.gflops > 0 ? report.gflops.fixed(1) : "",
      ]
    }
    let total = reports.reduce(0) { $0 + $1.milliseconds }
    return alignedColumns([["layer", "kind", "output", "algorithm", "ms", "GFLOP/s"]] + rows)
      + ["\(reports.count) steps, \(total.fixed(2)) ms"]
  }
}
