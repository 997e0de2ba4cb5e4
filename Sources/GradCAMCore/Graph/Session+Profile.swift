/// What one step of a pass took.
public struct StepTiming: Encodable, Sendable {
  /// The module that it began as, or what it is.
  public var layer: String
  /// What is computed.
  public var kind: String
  /// Of its output.
  public var shape: [Int]
  /// How a convolution was computed; nil for other steps.
  public var algorithm: String?
  /// At best.
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
  func profile(_ input: Tensor, runs: Int) throws -> [StepTiming] {
    var timings: [StepTiming] = []
    var works: [MeasuredWork] = []
    defer { observer = nil }
    for run in 0..<max(runs, 1) {
      var index = 0
      observer = { [graph] step, shapes, seconds in
        guard step.node != nil else { return }
        if run == 0 {
          works.append(MeasuredWork(step, shapes))
          timings.append(graph.untimed(step, shapes))
        }
        let best = run == 0 ? .infinity : timings[index].milliseconds
        timings[index].milliseconds = min(best, seconds * 1000)
        index += 1
      }
      _ = try forward(input)
    }
    releasePass()
    return zip(timings, works).map { timing, work in
      var timing = timing
      timing.gflops /= timing.milliseconds * 1e6
      timing.millisecondsByAlgorithm = time(work, runs: runs)
      return timing
    }
  }

  /// Times a step, without what is joined to it, by every algorithm.
  private func time(_ work: MeasuredWork, runs: Int) -> [String: Double] {
    guard let alternatives = work.writer?.alternatives, !alternatives.isEmpty else { return [:] }
    let input = Tensor(repeating: 0.5, work.input)
    var times: [String: Double] = [:]
    for writer in alternatives {
      var best = Double.infinity
      for _ in 0...max(runs, 1) {
        let start = secondsNow()
        _ = Tensor(work.output) { writer.forward([input], to: $0, context) }
        best = min(best, secondsNow() - start)
      }
      if let name = writer.algorithm { times[name] = best * 1000 }
    }
    return times
  }
}

/// What a step computes, and the shapes of what it is fed first and of what it gives.
private struct MeasuredWork {
  let writer: (any Writer)?
  let input: Shape
  let output: Shape

  init(_ step: Program.Step, _ shapes: [Shape]) {
    writer = step.writer
    (input, output) = (shapes[step.inputs[0]], shapes[step.outputs[0]])
  }
}

extension Graph {
  /// A step without its time; `gflops` holds its operations.
  fileprivate func untimed(_ step: Program.Step, _ shapes: [Shape]) -> StepTiming {
    let node = nodes[step.node ?? 0]
    let work = node.operation.multiplyAdds(of: Array(step.inputs.prefix(node.inputs.count)).map { shapes[$0] })
    return StepTiming(
      layer: modules[calls[node.call].module].path, kind: node.operation.kind,
      shape: shapes[step.outputs[0]].dimensions, algorithm: step.writer?.algorithm, milliseconds: .infinity,
      gflops: Double(work) * 2)
  }
}
