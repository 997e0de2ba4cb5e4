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
  /// What a convolution alone takes by each algorithm that can compute it; empty for other steps.
  public var millisecondsByAlgorithm: [String: Double] = [:]
  /// Thousand millions of additions and multiplications a second, counted as the direct sum needs them; 0 without any.
  public var gflops: Double

  enum CodingKeys: String, CodingKey {
    case layer, kind, shape, algorithm, milliseconds, gflops
    case millisecondsByAlgorithm = "milliseconds_by_algorithm"
  }
}

extension Session {
  /// Runs the network over a batch `runs` times, and says what each step of the plan took at best.
  ///
  /// - Throws: as `forward`.
  func profile(_ input: Tensor, runs: Int) throws -> [StepReport] {
    var reports: [StepReport] = []
    var steps: [Program.Step] = []
    defer { observer = nil }
    for run in 0..<max(runs, 1) {
      var index = 0
      observer = { [graph] step, shapes, seconds in
        guard step.node != nil else { return }
        if run == 0 { steps.append(step) }
        if run == 0 { reports.append(graph.report(step, shapes)) }
        let best = run == 0 ? .infinity : reports[index].milliseconds
        reports[index].milliseconds = min(best, seconds * 1000)
        index += 1
      }
      _ = try forward(input)
    }
    releasePass()
    return zip(reports, steps).map { report, step in
      var report = report
      report.gflops /= report.milliseconds * 1e6
      if case .write(let fused as FusedConvolution) = step.work {
        report.millisecondsByAlgorithm = time(fused, runs: runs)
      }
      return report
    }
  }

  /// Times a convolution, without what is joined to it, by every algorithm.
  private func time(_ fused: FusedConvolution, runs: Int) -> [String: Double] {
    let g = fused.geometry
    let input = Tensor(repeating: 0.5, Shape(g.n, g.c, g.h, g.w))
    var times: [String: Double] = [:]
    for algorithm in ConvolutionAlgorithm.candidates(g) {
      var best = Double.infinity
      for _ in 0...max(runs, 1) {
        let start = secondsNow()
        _ = Tensor(Shape(g.n, g.k, g.oh, g.ow)) { output in
          fused.convolution.convolve(input, g, algorithm, ConvolutionEpilogue(), to: output, context)
        }
        best = min(best, secondsNow() - start)
      }
      times[algorithm.name] = best * 1000
    }
    return times
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
