import GradCAMCore

/// What `gradcam bench --layers` prints: every step of the plan.
enum StepListing {
  /// The reports for people.
  static func lines(_ reports: [StepReport]) -> [String] {
    let rows = reports.map { report in
      [
        printable(report.layer), report.kind, report.shape.map(String.init).joined(separator: "×"),
        report.algorithm ?? "", report.milliseconds.fixed(3), report.gflops > 0 ? report.gflops.fixed(1) : "",
        report.millisecondsByAlgorithm.sorted { $0.value < $1.value }
          .map { "\($0.key) \($0.value.fixed(3))" }.joined(separator: ", "),
      ]
    }
    let total = reports.reduce(0) { $0 + $1.milliseconds }
    return alignedColumns([["layer", "kind", "output", "algorithm", "ms", "GFLOP/s", "alone, by algorithm"]] + rows)
      + ["\(reports.count) steps, \(total.fixed(2)) ms"]
  }
}
