import GradCAMCore
import ModelFormats
import Synchronization

extension Command {
  /// Hidden from the overview: it serves those who change the tool, and `Scripts/benchmark`, which sets its figures beside those of
  /// other engines.
  static let bench = Command(
    name: "bench", summary: "time a model in one warm process", operands: "[OPTIONS] MODEL [IMAGE]",
    operandOffer: { .files },
    notes: [
      "Times explanations (forward pass, backward pass to the layer, map) and forward passes alone, each from an image "
        + "that is already prepared, after a warm-up. Without an IMAGE a seeded one is made. Scripts/benchmark measures "
        + "with this; what it prints may change.",
      "Of an option given twice the last counts.",
    ], examples: ["gradcam bench models/demo-xray.bin --threads 2 --json"], exitStatuses: ExitStatus.ofModelCommands,
    isShown: false, action: BenchCommand.self)
}

/// `gradcam bench`: times a model in one warm process, without decoding, preprocessing and drawing.
struct BenchCommand: Action {
  private let source: FilePath
  /// What to explain; nil for a seeded image.
  private let image: FilePath?
  private let options: Options
  /// How often each job is timed.
  private let runs: Int

  init(_ command: Command, _ options: Options) throws(InputError) {
    source = try options.modelOperand(of: command, limit: 2)
    image = options.operands.dropFirst().first
    self.options = options
    runs = options.running.runs ?? 30
    if options.outputs.listsStages, image == nil {
      throw InputError(
        "--stages", "begins with decoding an image, and none is named", remedy: "bench MODEL IMAGE --stages")
    }
    guard options.maps.vectors.isAvailable else {
      let possible = VectorLevel.allCases.filter(\.isAvailable).map(\.rawValue)
      throw InputError(
        "--vectors", "this processor cannot do \(options.maps.vectors.rawValue)", remedy: "\(listed(possible))")
    }
  }

  func run(_ caller: Caller) throws -> Int32 {
    try OpenBLAS.requireSoundness()
    try OpenFiles.require(jobs: 1)
    let start = millisecondsNow()
    let model = try Model.load(source, try options.modelOverrides(), threads: Cores.count)
    let loading = millisecondsNow() - start
    caller.console.introduce(model, at: source)
    var options = options
    try options.takeMethod(of: model)
    let lines = try lines(model, options.maps, loading: loading)
    try model.requireIntact()
    try caller.console.print(lines)
    return ExitStatus.success
  }

  /// What was measured, as it is printed.
  private func lines(_ model: Model, _ maps: Explainer.Options, loading: Double) throws -> [String] {
    if options.outputs.listsStages, let image {
      let times = try StageTimes(
        of: image, try Explainer(model, maps, threads: options.running.threads ?? 1), runs: runs)
      return try printed(times, times.lines)
    }
    var maps = maps
    maps.keepsGradients = false
    let setup = try Explainer.Setup(model, maps)
    let jobs = options.running.jobs ?? 1
    let threads = options.running.threads ?? max(1, Cores.count / jobs)
    _ = try WorkShare(jobs: jobs, threads: threads).fitting(setup, source, in: .now())
    let picture = try picture(for: model)
    let name = image.map(\.description) ?? "--preprocess"
    let stations = try (0..<jobs).map { _ in try BenchStation(setup, picture, named: name, threads: threads) }
    if options.outputs.listsSteps {
      let timings = try stations[0].profile(runs: runs)
      return try printed(timings, StepListing.lines(timings))
    }
    let explain = try time(stations) { try $0.explain() }
    // Before the plan without hooks is made, which an explanation does not need.
    let peak = Double(ProcessMemory.peakKilobytes) / 1024
    let forward = try time(stations) { try $0.forward() }
    let figures = BenchFigures(
      model: source.description, layer: setup.layerNames[0], input: model.inputShape.dimensions, threads: threads,
      jobs: jobs, runs: runs, loadMs: loading, explainMs: explain.milliseconds,
      forwardMs: forward.milliseconds, imagesPerSecond: explain.imagesPerSecond,
      forwardImagesPerSecond: forward.imagesPerSecond, peakRssMb: peak)
    return try printed(figures, figures.lines)
  }

  private func printed(_ figures: some Encodable, _ lines: [String]) throws(InputError) -> [String] {
    options.outputs.isJSON ? [try encodedJSON(figures, isSnakeCase: true)] : lines
  }

  private func picture(for model: Model) throws -> DecodedImage {
    guard let image else {
      let (size, channels) = (model.input, model.input.channels == 1 ? 1 : 3)
      return DecodedImage(.seeded(width: size.width, height: size.height, channels: channels))
    }
    do { return try ImageDecoder.decode(try FileBytes(path: image)) } catch { throw error.about("\(image)") }
  }

  /// Warms every station up, then has all of them work at once until each could have had `runs` turns.
  ///
  /// The turns are handed out one by one, so that a station on a slow core does not work on alone at the end.
  private func time(
    _ stations: [BenchStation], _ work: @escaping @Sendable (BenchStation) throws -> Void
  ) throws -> BenchPhase {
    for station in stations { for _ in 0..<min(3, runs) { try work(station) } }
    let turn = Atomic(0)
    let turns = runs * stations.count
    let results = Mutex<(times: [Double], failure: (any Error)?)>(([], nil))
    let start = millisecondsNow()
    Threads.perform(stations.count) { index in
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
