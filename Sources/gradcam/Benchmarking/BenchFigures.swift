/// What `gradcam bench` prints; its keys are for scripts.
struct BenchFigures: Encodable {
  struct Milliseconds: Encodable {
    var median: Double
    var minimum: Double
  }

  var model: String
  var layer: String
  var input: [Int]
  var threads: Int
  var jobs: Int
  /// By job.
  var runs: Int
  var loadMs: Double
  var explainMs: Milliseconds
  var forwardMs: Milliseconds
  /// Explanations, by all jobs together.
  var imagesPerSecond: Double
  var forwardImagesPerSecond: Double
  var peakRssMb: Double

  /// The figures for people.
  var lines: [String] {
    func row(_ name: String, _ times: Milliseconds, _ rate: Double) -> [String] {
      [name, "\(times.median.fixed(2)) ms", "\(times.minimum.fixed(2)) ms", rate.fixed(1)]
    }
    let heading =
      "\(printable(model)): \(printable(layer)), \(jobs) job(s) of \(threads) thread(s), \(runs) run(s) each, "
      + "loaded in \(loadMs.fixed(1)) ms, peak \(peakRssMb.fixed(0)) MB"
    return [heading]
      + alignedColumns([
        ["", "median", "minimum", "images/s"], row("explain", explainMs, imagesPerSecond),
        row("forward", forwardMs, forwardImagesPerSecond),
      ])
  }
}

/// What the turns of one kind took.
struct BenchPhase {
  let milliseconds: BenchFigures.Milliseconds
  let imagesPerSecond: Double

  init(times: [Double], elapsed: Double) {
    let sorted = times.sorted()
    let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    milliseconds = BenchFigures.Milliseconds(median: median, minimum: sorted[0])
    imagesPerSecond = Double(times.count) * 1000 / elapsed
  }
}
