import GradCAMCore

/// What `gradcam bench --layers` prints: every step of the plan.
enum StepListing {
  /// The timings for people.
  static func lines(_ timings: [StepTiming]) -> [String] {
    let rows = timings.map { timing in
      [
        printable(timing.layer), timing.kind, timing.shape.map(String.init).joined(separator: "×"),
        timing.algorithm ?? "", timing.milliseconds.fixed(3), timing.gflops > 0 ? timing.gflops.fixed(1) : "",
        timing.millisecondsByAlgorithm.sorted { $0.value < $1.value }
          .map { "\($0.key) \($0.value.fixed(3))" }.joined(separator: ", "),
      ]
    }
    let total = timings.reduce(0) { $0 + $1.milliseconds }
    return alignedColumns([["layer", "kind", "output", "algorithm", "ms", "GFLOP/s", "alone, by algorithm"]] + rows)
      + ["\(timings.count) steps, \(total.fixed(2)) ms"]
  }
}
