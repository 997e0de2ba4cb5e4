import Dispatch
import GradCAMCore
import ModelFormats
import Synchronization

/// `gradcam bench`: times a model in one warm process, without decoding, preprocessing and drawing.
///
/// Hidden from the overview: it serves those who change the tool, and `Scripts/benchmark`, which sets its figures beside those
/// of other engines.
enum BenchCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and models that cannot be loaded, `ConsoleError` where printing ends.
  static func run(_ options: BenchOptions, console: Console) throws -> Int32 {
    try OpenBLAS.requireSoundness()
    let start = millisecondsNow()
    let model = try Model.load(options.source, try options.model.overrides(), threads: Cores.count)
    let loading = millisecondsNow() - start
    console.introduce(model, at: options.source)
    if options.listsStages, let image = options.image {
      let times = try StageTimes(of: image, model, options)
      try console.print(options.isJSON ? [try encodedJSON(times)] : times.lines)
      return ExitStatus.success
    }
    let jobs = options.running.jobs ?? 1
    let threads = options.running.threads ?? max(1, Cores.count / jobs)
    let image = try image(options, model)
    let stations = try (0..<jobs).map { _ in try BenchStation(model, image, options, threads: threads) }
    if options.listsSteps {
      let reports = try stations[0].profile(runs: options.runs)
      if options.isJSON {
        try console.print(try encodedJSON(reports))
      } else {
        try console.print(StepListing.lines(reports))
      }
      return ExitStatus.success
    }
    let explain = try time(stations, runs: options.runs) { try $0.explain() }
    // Before the plan without hooks is made, which an explanation does not need.
    let peak = Double(ProcessMemory.peakKilobytes) / 1024
    let forward = try time(stations, runs: options.runs) { try $0.forward() }
    let report = BenchReport(
      model: options.source.description, layer: stations[0].layer, input: model.inputShape.dimensions,
      threads: threads, jobs: jobs, runs: options.runs, loadMilliseconds: loading, explain: explain.milliseconds,
      forward: forward.milliseconds, imagesPerSecond: explain.imagesPerSecond,
      forwardImagesPerSecond: forward.imagesPerSecond, peakMegabytes: peak)
    if options.isJSON {
      try console.print(try encodedJSON(report))
    } else {
      try console.print(report.lines)
    }
    return ExitStatus.success
  }

  private static func image(_ options: BenchOptions, _ model: Model) throws -> Image {
    guard let path = options.image else {
      return .seeded(width: model.input.width, height: model.input.height, channels: model.input.channels == 1 ? 1 : 3)
    }
    do { return try ImageDecoder.decode(try FileBytes(path: path)).image } catch { throw error.about("\(path)") }
  }

  /// Warms every station up, then has all of them work at once until each could have had `runs` turns.
  ///
  /// The turns are handed out one by one, so that a station on a slow core does not work on alone at the end.
  private static func time(
    _ stations: [BenchStation], runs: Int, _ work: @escaping @Sendable (BenchStation) throws -> Void
  ) throws -> BenchPhase {
    for station in stations { for _ in 0..<min(3, runs) { try work(station) } }
    let turn = Atomic(0)
    let turns = runs * stations.count
    let results = Mutex<(times: [Double], failure: (any Error)?)>(([], nil))
    let start = millisecondsNow()
    DispatchQueue.concurrentPerform(iterations: stations.count) { index in
      var times: [Double] = []
      var failure: (any Error)?
      while failure == nil, turn.add(1, ordering: .relaxed).oldValue < turns {
        let start = millisecondsNow()
        do { try work(stations[index]) } catch { failure = error }
        times.append(millisecondsNow() - start)
      }
      results.withLock { results in
        results.times += times
        results.failure = results.failure ?? failure
      }
    }
    let elapsed = millisecondsNow() - start
    let (times, failure) = results.withLock { $0 }
    if let failure { throw failure }
    return BenchPhase(times: times, elapsed: elapsed)
  }
}

/// An explainer with its image, ready to work.
///
/// Unchecked: it is used by one thread at a time, which `BenchCommand.time` sees to.
private final class BenchStation: @unchecked Sendable {
  private let explainer: Explainer
  private let image: Image
  private let prepared: PreprocessedImage

  init(_ model: Model, _ image: Image, _ options: BenchOptions, threads: Int) throws(InputError) {
    var explaining = try options.maps.explaining()
    explaining.keepsGradients = false
    explaining.layers = options.layer.map { [$0] } ?? []
    let engine = Engine(rawValue: options.running.engine.rawValue) ?? .auto
    explainer = try Explainer(model, explaining, threads: threads, engine: engine)
    self.image = image
    do { prepared = try explainer.prepare(image) } catch {
      throw options.image.map { error.about("\($0)") } ?? error.about("--preprocess")
    }
  }

  var layer: String { explainer.layerNames[0] }

  func explain() throws { _ = try explainer.explain(prepared, of: image) }
  func profile(runs: Int) throws -> [StepReport] { try explainer.profile(prepared, runs: runs) }
  func forward() throws { _ = try explainer.predict(prepared) }
}

/// What the turns of one kind took.
private struct BenchPhase {
  let milliseconds: BenchReport.Milliseconds
  let imagesPerSecond: Double

  init(times: [Double], elapsed: Double) {
    let sorted = times.sorted()
    let median = (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    milliseconds = BenchReport.Milliseconds(median: median, minimum: sorted[0])
    imagesPerSecond = Double(times.count) * 1000 / elapsed
  }
}

/// What `gradcam bench` prints; its keys are for scripts.
private struct BenchReport: Encodable {
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
  var loadMilliseconds: Double
  var explain: Milliseconds
  var forward: Milliseconds
  /// Explanations, by all jobs together.
  var imagesPerSecond: Double
  var forwardImagesPerSecond: Double
  var peakMegabytes: Double

  enum CodingKeys: String, CodingKey {
    case model, layer, input, threads, jobs, runs
    case loadMilliseconds = "load_ms"
    case explain = "explain_ms"
    case forward = "forward_ms"
    case imagesPerSecond = "images_per_second"
    case forwardImagesPerSecond = "forward_images_per_second"
    case peakMegabytes = "peak_rss_mb"
  }

  /// The report for people.
  var lines: [String] {
    func row(_ name: String, _ times: Milliseconds, _ rate: Double) -> [String] {
      [name, "\(times.median.fixed(2)) ms", "\(times.minimum.fixed(2)) ms", rate.fixed(1)]
    }
    let heading =
      "\(printable(model)): \(printable(layer)), \(jobs) job(s) of \(threads) thread(s), \(runs) run(s) each, "
      + "loaded in \(loadMilliseconds.fixed(1)) ms, peak \(peakMegabytes.fixed(0)) MB"
    return [heading]
      + alignedColumns([
        ["", "median", "minimum", "images/s"], row("explain", explain, imagesPerSecond),
        row("forward", forward, forwardImagesPerSecond),
      ])
  }
}
