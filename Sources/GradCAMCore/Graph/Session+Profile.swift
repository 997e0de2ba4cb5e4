import Glibc

/// What one step of a pass took.
public struct StepReport: Encodable, Sendable {
  /// The module that it began as, or what it is.
  public var layer: String
  public var kind: String
  /// Of its output.
  public var shape: [Int]
  /// How a convolution was computed; nil for other steps.
  public var algorithm: String?
  public var milliseconds: Double
  /// Thousand millions of additions and multiplications a second, counted as the direct sum needs them; 0 without any.
  public var gflops: Double
}

extension Session {
  /// Runs the network over a batch `runs` times, and says what each step of the plan took at best.
  ///
  /// - Throws: as `forward`.
  public func profile(_ input: Tensor, runs: Int) throws -> [StepReport] {
    var reports: [StepReport] = []
    defer { observer = nil }
    for run in 0..<max(runs, 1) {
      var index = 0
      observer = { [graph] step, shapes, seconds in
        guard step.node != nil else { return }
        if run == 0 { reports.append(graph.report(step, shapes)) }
        let best = run == 0 ? .infinity : reports[index].milliseconds
        reports[index].milliseconds = min(best, seconds * 1000)
        index += 1
      }
      _ = try forward(input)
    }
    return reports.map { report in
      var report = report
      report.gflops /= report.milliseconds * 1e6
      return report
    }
  }
}

extension Graph {
  /// A step without its time; `gflops` holds its operations.
  fileprivate func report(_ step: Program.Step, _ shapes: [Shape]) -> StepReport {
    let node = nodes[step.node ?? 0]
    var algorithm: String?
    if case .write(let writer) = step.work { algorithm = (writer as? FusedConvolution)?.algorithm.name }
    let work = node.operation.multiplyAdds(of: Array(step.inputs.prefix(node.inputs.count)).map { shapes[$0] })
    return StepReport(
      layer: modules[calls[node.call].module].path, kind: node.operation.kind,
      shape: shapes[step.outputs[0]].dimensions, algorithm: algorithm, milliseconds: .infinity,
      gflops: Double(work) * 2)
  }
}

/// Seconds on a clock that only runs forward.
func secondsNow() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
