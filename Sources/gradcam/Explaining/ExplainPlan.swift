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
  /// Whose the outputs are.
  let claims: OutputClaims
  /// See `OutputNames.knownMaps`.
  let knownMaps: [MapName]?
  /// Whether there is more than one image, or may be.
  let isSeveral: Bool
  /// Whether the run is to end.
  let stop: StopRequest
  /// Whether the model is still what the run began with.
  let watch: ModelWatch
  let jobs: Int
  let threads: Int
  /// What images take while they are under way.
  let memory: ImageMemory
  /// Operands and other files that the run reads, and its records.
  let inputs: ProtectedFiles
  let leftovers = LeftoverSweep()
  let doubts: ImageDoubts
  /// Whether images come from folders or a list, which nobody holds.
  let hasUnheldImages: Bool

  /// - Parameters:
  ///   - options: those of a command line that `ExplainCommand` checked.
  ///   - weights: the model.
  /// - Throws: `InputError` for bad usage and models that cannot be loaded.
  static func make(
    _ options: Options, weights: FilePath, stop: StopRequest, console: Console
  ) throws -> (ExplainPlan, ImageStream) {
    try OpenBLAS.requireSoundness()
    let styles = try OverlayStyles(options.look, compat: options.maps.settings.compat)
    let overrides = try options.modelOverrides()
    let source = try ModelSource(weights)
    let digest = DigestTask(source.file)
    let model = try Model.load(source, overrides, threads: Cores.count)
    var options = options
    try options.takeMethod(of: model)
    try options.checkDump()
    var maps = options.maps
    maps.keepsGradients = options.outputs.dump != nil
    let setup = try Explainer.Setup(model, maps)
    // Labels between commas are told apart by the model's.
    options.maps.targets = setup.options.targets
    let names = OutputNames(options, weights: weights, QuestionNames(setup))
    try names.check(imageCount: options.operands.count)
    let layers = maps.joinsLayers ? [setup.layerNames.joined(separator: "+")] : setup.layerNames
    try names.checkMaps(layers)
    let collisions = try Collisions(names, options, layers: layers)
    var images = try ImageStream(options, stop: stop) { collisions.refusal(of: $0, root: $1) }
    let plan = try ExplainPlan(
      options, weights, names, styles, setup, digest, count: count(&images, options), stop, console: console,
      knownMaps: names.knownMaps(layers), keepsWritten: collisions.mayMix)
    console.introduce(model, at: weights)
    for doubt in setup.doubts { console.warn(InputError("\(weights)", doubt)) }
    return (plan, images)
  }

  private init(
    _ options: Options, _ weights: FilePath, _ names: OutputNames, _ styles: OverlayStyles, _ setup: Explainer.Setup,
    _ digest: DigestTask, count: Int, _ stop: StopRequest, console: Console, knownMaps: [MapName]?, keepsWritten: Bool
  ) throws(InputError) {
    (self.options, self.names, self.styles, self.setup, self.stop) = (options, names, styles, setup, stop)
    doubts = ImageDoubts(setup, options)
    let model = setup.model
    watch = ModelWatch(model, stop)
    isSeveral = count > 1
    self.knownMaps = knownMaps
    hasUnheldImages = options.inputs.filesFrom != nil || options.operands.contains(where: Folders.isFolder)
    try names.check(imageCount: count)
    let needs: ExplainingMemory
    let headroom = MemoryHeadroom.now()
    (jobs, threads, needs) = try Self.share(options.running, among: count, setup, weights, headroom, console: console)
    memory = ImageMemory(needs, setup, drawing: options, budget: MemoryBudget(headroom))
    try OpenFiles.require(jobs: jobs, hasBegun: true)
    let read = [weights, options.labels, options.inputs.filesFrom].compactMap { $0 } + options.operands
    try Self.check(options, against: ProtectedFiles(read + model.filePaths))
    provenance = try Provenance(setup, at: weights, digest, options)
    if let report = options.records.report { try Folders.make(report) }
    // A report of its own shows this run alone; what was named with --records is appended to.
    let isRenewed = options.records.file == nil && !options.records.isResuming
    log = try options.records.kept.map { path throws(InputError) in
      try Self.checkReadable(path, options)
      return try RecordLog(path, isRenewed: isRenewed, pipes: stop.pipes)
    }
    inputs = ProtectedFiles(read + model.filePaths + [options.records.kept].compactMap { $0 })
    if let log, let repair = log.repair { console.warn(InputError("\(log.path)", "\(repair)")) }
    let kept = try log.flatMap { log throws(InputError) in try KeptRecords(log) }
    finished = try Self.finished(options, kept, provenance)
    claims = OutputClaims(kept, keepsWritten: keepsWritten)
  }

  /// Refuses files that the run would write, where their names are known, and that are inputs or not this tool's.
  private static func check(_ options: Options, against inputs: ProtectedFiles) throws(InputError) {
    let outputs = options.outputs
    for path in [outputs.file, outputs.dump, options.records.kept].compactMap({ $0 }) { try inputs.check(path) }
    // What the records of a run that is resumed tell of them is known when their image is.
    if !options.records.isResuming {
      if let file = outputs.file { try OwnOutput.picture.check(file) }
      if let dump = outputs.dump { try OwnOutput.evidence.check(dump) }
    }
    if let report = options.records.report { try OwnOutput.page.check(report.appending(RecordOptions.pageName)) }
  }

  /// Refuses records in a pipe or a device where they are to be read again.
  static func checkReadable(_ records: FilePath, _ options: Options) throws(InputError) {
    guard options.records.report != nil || options.records.isResuming, let status = FileStatus(records),
      !status.isRegular, !status.isFolder
    else { return }
    let reader = options.records.isResuming ? "--resume" : "--report"
    throw InputError("\(records)", "is \(status.kind), and \(reader) reads its records again", remedy: "a file")
  }

  /// What `--resume` passes over; nil without it.
  static func finished(
    _ options: Options, _ kept: KeptRecords?, _ provenance: Provenance
  ) throws(InputError) -> FinishedImages? {
    guard options.records.isResuming, let kept else { return nil }
    guard let recipe = provenance.recipe else {
      throw InputError("--resume", "cannot tell whether a model from a pipe is the same", remedy: "a file")
    }
    return FinishedImages(kept, recipe: recipe)
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

  /// One image takes all cores, several take one core each, unless both numbers are given; fewer of both where memory suffices for no
  /// more.
  ///
  /// - Throws: `InputError` about the model where memory does not suffice for one image.
  private static func share(
    _ running: RunningOptions, among count: Int, _ setup: Explainer.Setup, _ weights: FilePath,
    _ headroom: MemoryHeadroom, console: Console
  ) throws(InputError) -> (jobs: Int, threads: Int, ExplainingMemory) {
    let cores = Cores.count
    // Images beyond as many as there are cores are not counted ahead.
    let most = count < cores ? max(count, 1) : Int.max
    let jobs = min(running.jobs ?? (running.threads.map { max(1, cores / $0) } ?? cores), most)
    let wanted = WorkShare(jobs: jobs, threads: running.threads ?? (jobs == 1 ? cores : max(1, cores / jobs)))
    let (share, needs) = try wanted.fitting(setup, weights, in: headroom)
    if share != wanted {
      let wish: Message = "\(wanted.jobs) on \(wanted.threads)"
      console.warn(
        InputError(
          "memory", "suffices for \(share.jobs) image(s) at once on \(share.threads) core(s) each, not \(wish)"))
    }
    return (share.jobs, share.threads, needs)
  }
}
