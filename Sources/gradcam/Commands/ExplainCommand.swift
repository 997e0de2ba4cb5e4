import GradCAMCore
import ModelFormats
import Synchronization

/// `gradcam explain`.
enum ExplainCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and models that cannot be loaded, `ConsoleError` where printing ends.
  static func run(_ options: ExplainOptions, console: Console) throws -> Int32 {
    let stop = StopRequest.listening()
    let (plan, images) = try ExplainPlan.make(options, stop: stop, console: console)
    let report = ExplainReport(plan, console: console)
    stop.begin()
    let (summary, end) = try explain(images, plan, report, stop, console)
    console.tell(summary, ended: end, stop.signal, isSeveral: plan.isSeveral)
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    if case .diskFull = end { return ExitStatus.failure }
    let hasReport = try plan.writesReport(console: console)
    return summary.failed == 0 && end == nil && hasReport ? ExitStatus.success : ExitStatus.failure
  }

  private static func explain(
    _ images: sending ImageStream, _ plan: ExplainPlan, _ report: ExplainReport, _ stop: StopRequest, _ console: Console
  ) throws -> (RunSummary, RunEnd?) {
    let stream = Mutex(images)
    // Apart from the stream, which is locked while it waits for a list to grow.
    let passedOver = Atomic(0)
    var end: RunEnd?
    do {
      try OrderedWork.run(
        { () throws -> ImageStream.Item? in
          guard stop.signal == nil else { return nil }
          return try stream.withLock { stream in
            defer { passedOver.store(stream.finds.passedOver, ordering: .relaxed) }
            return try stream.next()
          }
        },
        workers: plan.jobs, window: 16 + 4 * plan.jobs,
        makeWorker: {
          let worker = try ImageWorker(plan, console: console)
          return { item in worker.explain(item) }
        }, deliver: { try report.add($0, passedOver: passedOver.load(ordering: .relaxed)) })
    } catch let error as RunEnd {
      end = error
    }
    let summary = try report.finish()
    console.tell(stream.withLock { $0.finds })
    return (summary, end)
  }
}

/// What a run will do: everything that can be found out before the first image is read.
struct ExplainPlan: Sendable {
  let options: ExplainOptions
  let model: Model
  let names: OutputNames
  let targetNames: TargetNames
  let styles: OverlayStyles
  let explaining: Explainer.Options
  let provenance: Provenance
  /// The file of `--records`.
  let records: RecordsFile?
  /// What `--resume` passes over.
  let finished: FinishedImages?
  /// Whether there is more than one image, or may be.
  let isSeveral: Bool
  /// Whether the run is to end.
  let stop: StopRequest
  let jobs: Int
  let threads: Int
  /// Operands and other files that no output may replace.
  private let inputs: Set<FileIdentity>

  /// - Throws: `InputError` for bad usage and models that cannot be loaded.
  static func make(
    _ options: ExplainOptions, stop: StopRequest, console: Console
  ) throws -> (ExplainPlan, ImageStream) {
    try OpenBLAS.requireSoundness()
    let styles = try OverlayStyles(options.look, compat: options.maps.compat)
    var explaining = try options.maps.explaining()
    explaining.keepsGradients = options.outputs.dump != nil
    let digest = DigestTask(options.weights)
    let model = try Model.load(options.weights, try options.model.overrides(), threads: Cores.count)
    explaining.layers = try model.layers(options.maps.layers)
    // Made once before any image, for what it finds out.
    let layerNames = try Explainer(model, explaining).layerNames
    // Maps of joined layers have no layer in their names.
    let collisions = try Collisions(
      options, layers: options.maps.joinsLayers ? Array(layerNames.prefix(1)) : layerNames)
    var images = try ImageStream(options, collisions: collisions, stop: stop)
    let plan = try ExplainPlan(
      options, model, styles, explaining, digest, count: count(&images, options), stop, console: console)
    console.introduce(model, at: options.weights)
    return (plan, images)
  }

  private init(
    _ options: ExplainOptions, _ model: Model, _ styles: OverlayStyles, _ explaining: Explainer.Options,
    _ digest: DigestTask, count: Int, _ stop: StopRequest, console: Console
  ) throws(InputError) {
    (self.options, self.model, self.styles, self.explaining) = (options, model, styles, explaining)
    self.stop = stop
    names = OutputNames(options)
    targetNames = TargetNames(labels: model.classNames)
    isSeveral = count > 1
    try names.check(imageCount: count)
    (jobs, threads) = Self.share(options.running, among: count)
    let read = [options.weights, options.model.labels, options.inputs.filesFrom].compactMap { $0 } + options.operands
    inputs = Set(read.compactMap(FileIdentity.init))
    let single = [options.outputs.file, options.outputs.dump, options.records.kept].compactMap { $0 }
    for path in single { try Self.check(path, inputs) }
    provenance = Provenance(
      version: CommandLineTool.version, modelDigest: try digest.value(), preprocess: model.preprocessing.description,
      processor: OpenBLAS.processor, labels: model.classNames, words: options.recipe)
    if let report = options.records.report { try Folders.make(report) }
    // A report of its own shows this run alone; what was named with --records is appended to.
    let isRenewed = options.records.file == nil && !options.records.isResuming
    records = try options.records.kept.map { path throws(InputError) in try RecordsFile(path, isRenewed: isRenewed) }
    if let records, let repair = records.repair { console.warn(InputError("\(records.path)", "\(repair)")) }
    finished = try Self.finished(options, records, provenance)
  }

  private static func finished(
    _ options: ExplainOptions, _ records: RecordsFile?, _ provenance: Provenance
  ) throws(InputError) -> FinishedImages? {
    guard options.records.isResuming, let records else { return nil }
    guard let recipe = provenance.recipe else {
      throw InputError("--resume", "cannot tell whether a model from a pipe is the same", remedy: "a file")
    }
    return FinishedImages(records, recipe: recipe)
  }

  /// How many images there are, as far as it matters: up to the number of cores; as many as there are cores for a list that is still
  /// being written, whose first image is explained before its second is named.
  private static func count(_ images: inout ImageStream, _ options: ExplainOptions) throws(InputError) -> Int {
    let wantsOne = options.outputs.file != nil || options.outputs.dump != nil || options.outputs.heatmap != nil
    // A regular file is complete; anything else may still be written to.
    let isPiped = options.inputs.filesFrom.map { FileIdentity($0) == nil } ?? false
    let count = try images.count(upTo: max(Cores.count, 2), waits: wantsOne || !isPiped)
    return isPiped && !wantsOne ? max(count, Cores.count, 2) : count
  }

  /// Makes the page of `--report` from all records that are kept; false, and a line, where it cannot be made.
  fileprivate func writesReport(console: Console) throws -> Bool {
    guard let folder = options.records.report, let records else { return true }
    let writer = ReportWriter(records: [records.path], page: folder.appending(FilePath("index.html")), jobs: jobs)
    do {
      try writer.write(try writer.read(console: console), console: console)
      return true
    } catch let error as InputError {
      console.report(error)
      return false
    }
  }

  /// Refuses an output that is an operand, or another file that the run reads, under whatever name.
  func check(_ output: FilePath) throws(InputError) { try Self.check(output, inputs) }

  static func check(_ output: FilePath, _ inputs: Set<FileIdentity>) throws(InputError) {
    guard let identity = FileIdentity(output), inputs.contains(identity) else { return }
    throw InputError("\(output)", "would be replaced, but is an input", remedy: "another name for the output")
  }

  /// One image takes all cores, several take one core each, unless both numbers are given.
  private static func share(_ running: RunningOptions, among count: Int) -> (jobs: Int, threads: Int) {
    let cores = Cores.count
    // Images beyond as many as there are cores are not counted ahead.
    let most = count < cores ? max(count, 1) : Int.max
    let jobs = min(running.jobs ?? (running.threads.map { max(1, cores / $0) } ?? cores), most)
    return (jobs, running.threads ?? (jobs == 1 ? cores : max(1, cores / jobs)))
  }
}
