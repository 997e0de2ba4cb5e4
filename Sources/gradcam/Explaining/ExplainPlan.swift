import GradCAMCore
import ModelFormats

/// What a run will do: everything that can be found out before the first image is read.
struct ExplainPlan: Sendable {
  let options: Options
  let names: OutputNames
  let styles: OverlayStyles
  let setup: Explainer.Setup
  let provenance: Provenance
  /// The file of `--records`.
  let log: RecordLog?
  /// What `--resume` passes over.
  let finished: FinishedImages?
  /// Whether there is more than one image, or may be.
  let isSeveral: Bool
  /// Whether the run is to end.
  let stop: StopRequest
  /// Whether the model is still what the run began with.
  let watch: ModelWatch
  let jobs: Int
  let threads: Int
  /// Operands and other files that the run reads.
  let inputs: ProtectedFiles

  /// - Parameters:
  ///   - options: those of a command line that `ExplainCommand` checked.
  ///   - weights: the model.
  /// - Throws: `InputError` for bad usage and models that cannot be loaded.
  static func make(
    _ options: Options, weights: FilePath, stop: StopRequest, console: Console
  ) throws -> (ExplainPlan, ImageStream) {
    try OpenBLAS.requireSoundness()
    let styles = try OverlayStyles(options.look, compat: options.maps.settings.compat)
    var maps = options.maps
    maps.keepsGradients = options.outputs.dump != nil
    let overrides = try options.modelOverrides()
    let file = try FileBytes(mapping: weights)
    let digest = DigestTask(file)
    let model = try Model.load(opened: file, overrides, threads: Cores.count)
    let setup = try Explainer.Setup(model, maps)
    let names = OutputNames(options, weights: weights, QuestionNames(setup))
    let layers = maps.joinsLayers ? [setup.layerNames.joined(separator: "+")] : setup.layerNames
    try names.checkMaps(layers)
    let collisions = try Collisions(names, options, layers: layers)
    var images = try ImageStream(options, stop: stop) { collisions.refusal(of: $0, root: $1) }
    let plan = try ExplainPlan(
      options, weights, names, styles, setup, digest, count: count(&images, options), stop, console: console)
    console.introduce(model, at: weights)
    for doubt in setup.doubts { console.warn(InputError("\(weights)", doubt)) }
    return (plan, images)
  }

  private init(
    _ options: Options, _ weights: FilePath, _ names: OutputNames, _ styles: OverlayStyles, _ setup: Explainer.Setup,
    _ digest: DigestTask, count: Int, _ stop: StopRequest, console: Console
  ) throws(InputError) {
    (self.options, self.names, self.styles, self.setup, self.stop) = (options, names, styles, setup, stop)
    let model = setup.model
    watch = ModelWatch(model, stop)
    isSeveral = count > 1
    try names.check(imageCount: count)
    (jobs, threads) = Self.share(options.running, among: count)
    inputs = ProtectedFiles([weights, options.labels, options.inputs.filesFrom].compactMap { $0 } + options.operands)
    let single = [options.outputs.file, options.outputs.dump, options.records.kept].compactMap { $0 }
    for path in single { try inputs.check(path) }
    let modelDigest = try digest.value()
    // The digest is that of the weights if the file did not change meanwhile.
    try model.requireIntact()
    if let modelDigest { model.expect(digest: modelDigest) }
    provenance = Provenance(
      version: Version.number, model: weights, modelDigest: modelDigest,
      preprocess: setup.preprocessor.specification.recorded, processor: OpenBLAS.processor,
      labels: model.classNames, words: options.recipe, assumed: model.assumed.map(\.rawValue))
    if let report = options.records.report { try Folders.make(report) }
    // A report of its own shows this run alone; what was named with --records is appended to.
    let isRenewed = options.records.file == nil && !options.records.isResuming
    log = try options.records.kept.map { path throws(InputError) in try RecordLog(path, isRenewed: isRenewed) }
    if let log, let repair = log.repair { console.warn(InputError("\(log.path)", "\(repair)")) }
    finished = try Self.finished(options, log, provenance)
  }

  private static func finished(
    _ options: Options, _ log: RecordLog?, _ provenance: Provenance
  ) throws(InputError) -> FinishedImages? {
    guard options.records.isResuming, let log else { return nil }
    guard let recipe = provenance.recipe else {
      throw InputError("--resume", "cannot tell whether a model from a pipe is the same", remedy: "a file")
    }
    return try FinishedImages(log, recipe: recipe)
  }

  /// How many images there are, as far as it matters: up to the number of cores; as many as there are cores for a list that is still
  /// being written, whose first image is explained before its second is named.
  private static func count(_ images: inout ImageStream, _ options: Options) throws(InputError) -> Int {
    let wantsOne = options.outputs.file != nil || options.outputs.dump != nil || options.outputs.heatmap != nil
    // A regular file is complete; anything else may still be written to.
    let isPiped = options.inputs.filesFrom.map { FileIdentity($0) == nil } ?? false
    let count = try images.count(upTo: max(Cores.count, 2), waits: wantsOne || !isPiped)
    return isPiped && !wantsOne ? max(count, Cores.count, 2) : count
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
