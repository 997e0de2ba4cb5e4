import GradCAMCore
import ModelFormats
import Synchronization

/// `gradcam explain`.
enum ExplainCommand {
  /// Runs the command and returns the exit status.
  ///
  /// - Throws: `InputError` for bad usage and models that cannot be loaded, `ConsoleError` where printing ends.
  static func run(_ options: ExplainOptions, console: Console) throws -> Int32 {
    let plan = try ExplainPlan(options, console: console)
    let images = plan.images
    console.introduce(images)
    let report = ExplainReport(plan, console: console)
    try OrderedWork.run(
      images.images.count, workers: plan.jobs,
      makeWorker: {
        let worker = try ImageWorker(plan, console: console)
        return { index in worker.explain(images.images[index]) }
      }, deliver: report.add)
    try report.finish()
    return report.failures == 0 ? ExitStatus.success : ExitStatus.failure
  }
}

/// What a run will do: everything that can be found out before the first image is read.
struct ExplainPlan: Sendable {
  let options: ExplainOptions
  let model: Model
  let images: ImageList
  let names: OutputNames
  let targetNames: TargetNames
  let styles: OverlayStyles
  let explaining: Explainer.Options
  let jobs: Int
  let threads: Int
  /// Files that no output may replace.
  let inputs: Set<FileIdentity>

  /// - Throws: `InputError` for bad usage and models that cannot be loaded.
  init(_ options: ExplainOptions, console: Console) throws {
    try OpenBLAS.requireSoundness()
    self.options = options
    names = OutputNames(options)
    styles = try OverlayStyles(options.look, compat: options.maps.compat)
    var explaining = try options.maps.explaining()
    explaining.keepsGradients = options.outputs.dump != nil
    model = try Model.load(options.weights, try options.model.overrides(), threads: Cores.count)
    explaining.layers = try Self.layers(options.maps.layers, model)
    // Made once before any image, for what it finds out.
    let layerNames = try Explainer(model, explaining).layerNames
    self.explaining = explaining
    targetNames = TargetNames(labels: model.classNames)
    images = try ImageList(options)
    try names.check(imageCount: images.images.count)
    // Maps of joined layers have no layer in their names.
    try names.checkCollisions(
      images.images, layers: options.maps.joinsLayers ? Array(layerNames.prefix(1)) : layerNames)
    let read = [options.weights, options.model.labels, options.inputs.filesFrom].compactMap { $0 }
    inputs = Set((read + images.images.map(\.path)).compactMap(FileIdentity.init))
    for path in [options.outputs.file, options.outputs.dump].compactMap({ $0 }) { try Self.check(path, inputs) }
    (jobs, threads) = Self.share(options.running, among: images.images.count)
    console.introduce(model, at: options.weights)
  }

  /// Refuses an output that is an input under whatever name.
  static func check(_ output: FilePath, _ inputs: Set<FileIdentity>) throws(InputError) {
    guard let identity = FileIdentity(output), inputs.contains(identity) else { return }
    throw InputError("\(output)", "would be replaced, but is an input", remedy: "another name for the output")
  }

  /// The layers that were typed, each once however it was spelled.
  private static func layers(_ typed: [String], _ model: Model) throws(InputError) -> [String] {
    var layers: [String] = []
    for path in typed {
      let layer = try model.graph.resolveOption(path)
      if !layers.contains(layer) { layers.append(layer) }
    }
    return layers
  }

  /// One image takes all cores, several take one core each, unless both numbers are given.
  private static func share(_ running: RunningOptions, among count: Int) -> (jobs: Int, threads: Int) {
    let cores = Cores.count
    let jobs = min(running.jobs ?? (running.threads.map { max(1, cores / $0) } ?? cores), max(count, 1))
    return (jobs, running.threads ?? (jobs == 1 ? cores : max(1, cores / jobs)))
  }
}

/// Prints what became of each image, in order.
final class ExplainReport: Sendable {
  private let plan: ExplainPlan
  private let console: Console
  private let printer: Mutex<RecordPrinter>
  private let counts = Mutex((done: 0, failed: 0))

  init(_ plan: ExplainPlan, console: Console) {
    (self.plan, self.console) = (plan, console)
    printer = Mutex(RecordPrinter(format: plan.options.outputs.format))
  }

  var failures: Int { counts.withLock { $0.failed } }

  /// Prints the lines or the record of one image.
  func add(_ outcome: ImageOutcome) throws {
    for warning in outcome.warnings { console.warn(warning) }
    if let error = outcome.error { console.report(error) }
    if plan.options.outputs.format == .text {
      if plan.options.outputs.file?.isDash ?? false {
        console.note(outcome.lines)
      } else {
        try console.print(outcome.lines)
      }
    } else {
      try printer.withLock { try $0.print(outcome.record, on: console) }
    }
    let (done, failed) = counts.withLock { counts in
      counts.done += 1
      if outcome.error != nil { counts.failed += 1 }
      return counts
    }
    let total = plan.images.images.count
    if total > 1 { console.progress(done: done, of: total, failed: failed) }
  }

  func finish() throws {
    console.endProgress()
    if plan.options.outputs.format != .text { try printer.withLock { try $0.finish(on: console) } }
  }
}
