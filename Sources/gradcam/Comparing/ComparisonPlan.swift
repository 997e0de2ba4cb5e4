import GradCAMCore
import ModelFormats

/// What `diff` will do with two models: everything that can be found out before the first image is read.
struct ComparisonPlan: Sendable {
  /// One of the models.
  struct Side: Sendable {
    let path: FilePath
    let setup: Explainer.Setup
    let provenance: Provenance
  }

  /// Those of the command line, the operands without the models.
  let options: Options
  let old, new: Side
  let classes: ClassMatch
  /// The file of `--records`.
  let log: RecordLog?
  /// What stands in it already, with `--resume`.
  let finished: FinishedImages?
  let stop: StopRequest
  let watch: ModelWatch
  let share: WorkShare
  let memory: ImageMemory

  /// - Parameter options: as above.
  /// - Throws: `InputError` for bad usage, models that cannot be loaded, and two models that cannot be compared.
  static func make(
    _ options: Options, old: FilePath, new: FilePath, stop: StopRequest, console: Console
  ) throws -> (ComparisonPlan, ImageStream) {
    try OpenBLAS.requireSoundness()
    let overrides = try options.modelOverrides()
    let before = try LoadedModel(old, overrides)
    let after = try LoadedModel(new, overrides)
    let plan = try ComparisonPlan(options, before, after, stop)
    for (side, model) in [(plan.old, before.model), (plan.new, after.model)] {
      console.introduce(model, at: side.path)
      for doubt in side.setup.doubts { console.warn(InputError("\(side.path)", doubt)) }
    }
    if let note = plan.classes.note { console.warn(note) }
    if let warning = plan.unlikePreprocess { console.warn(warning) }
    if let log = plan.log, let repair = log.repair { console.warn(InputError("\(log.path)", "\(repair)")) }
    return (plan, try ImageStream(options, stop: stop) { _, _ in nil })
  }

  private init(_ options: Options, _ before: LoadedModel, _ after: LoadedModel, _ stop: StopRequest) throws {
    (self.options, self.stop) = (options, stop)
    classes = try ClassMatch(before.model, at: before.path, after.model, at: after.path)
    let (oldSetup, newSetup) = try Self.setups(options, before, after, classes)
    watch = ModelWatch([before.model, after.model], stop)
    let headroom = MemoryHeadroom.now()
    let jobs = options.running.jobs ?? (options.running.threads.map { max(1, Cores.count / $0) } ?? Cores.count)
    let wanted = WorkShare(jobs: jobs, threads: options.running.threads ?? max(1, Cores.count / jobs))
    let needs: ExplainingMemory
    (share, needs) = try wanted.fitting([(oldSetup, before.path), (newSetup, after.path)], in: headroom)
    memory = ImageMemory(needs, [oldSetup, newSetup], budget: MemoryBudget(headroom))
    try OpenFiles.require(jobs: share.jobs, hasBegun: true)
    let newProvenance = try Provenance(newSetup, at: after.path, after.digest, options)
    let purpose = "diff \(newProvenance.recipe ?? "")"
    old = Side(
      path: before.path, setup: oldSetup,
      provenance: try Provenance(oldSetup, at: before.path, before.digest, options, purpose: purpose))
    new = Side(path: after.path, setup: newSetup, provenance: newProvenance)
    let named = [before.path, after.path, options.labels, options.inputs.filesFrom].compactMap { $0 }
    let inputs = ProtectedFiles(named + options.operands + before.model.filePaths + after.model.filePaths)
    if let page = options.diff.page { try DiffOptions.check(page, inputs) }
    if let file = options.records.file {
      try inputs.check(file)
      try ExplainPlan.checkReadable(file, options)
    }
    log = try options.records.file.map { path throws(InputError) in try RecordLog(path, pipes: stop.pipes) }
    let kept = options.records.isResuming ? try log.flatMap { log throws(InputError) in try KeptRecords(log) } : nil
    if options.records.isResuming, newProvenance.recipe == nil {
      throw InputError("--resume", "cannot tell whether a model from a pipe is the same", remedy: "a file")
    }
    finished = try ExplainPlan.finished(options, kept, old.provenance)
  }

  /// A warning where the models prepare images differently: what differs may be that alone.
  private var unlikePreprocess: InputError? {
    .unlikePreprocess((old.path, old.provenance.preprocess), (new.path, new.provenance.preprocess))
  }

  /// What both models are asked. The new one explains the classes that the old one's image decides about.
  private static func setups(
    _ options: Options, _ before: LoadedModel, _ after: LoadedModel, _ classes: ClassMatch
  ) throws(InputError) -> (Explainer.Setup, Explainer.Setup) {
    var maps = options.maps
    maps.keepsGradients = false
    let layers = (maps.layers, options.diff.newLayers.isEmpty ? maps.layers : options.diff.newLayers)
    let old = try before.setup(maps, layerFlag: "--layer")
    maps.layers = layers.1
    let targets = old.options.targets
    maps.targets =
      targets.contains(where: \.dependsOnImage) || targets.contains(.all)
      ? targets.filter { $0.dependsOnImage || $0 == .all } : old.targetIndices.map { .index(classes.toNew[$0]) }
    let new = try after.setup(maps, layerFlag: options.diff.newLayers.isEmpty ? "--layer" : "--layer-new")
    guard old.layerNames.count == new.layerNames.count else {
      throw InputError(
        "--layer-new",
        "names \(new.layerNames.count) layer(s), and \(old.layerNames.count) of the old model are explained",
        remedy: "as many of both")
    }
    return (old, new)
  }
}

/// A model that was loaded, and the digest of its file that is under way.
private struct LoadedModel {
  let path: FilePath
  let model: Model
  let digest: DigestTask

  init(_ path: FilePath, _ overrides: Model.Overrides) throws {
    let source = try ModelSource(path)
    (self.path, digest) = (path, DigestTask(source.file))
    model = try Model.load(source, overrides, threads: Cores.count)
  }

  /// - Throws: `InputError` that names the model beside the option at fault.
  func setup(_ maps: Explainer.Options, layerFlag: String) throws(InputError) -> Explainer.Setup {
    do throws(InputError) { return try Explainer.Setup(model, maps) } catch {
      let flag = error.subject.withFlags == "--layer" ? layerFlag : error.subject.withFlags
      throw InputError("\(flag) of \(path)", error.problem, remedy: error.remedy, errorNumber: error.errorNumber)
    }
  }
}

extension DiffOptions {
  /// Refuses a page that would replace an input, or what is no page of this tool's.
  static func check(_ page: FilePath, _ inputs: ProtectedFiles) throws(InputError) {
    try inputs.check(page)
    try OwnOutput.page.check(page)
    guard page.parent.isFolder else { throw InputError("\(page)", "lies in a folder that is not there") }
  }
}

extension InputError {
  /// That two models prepare images differently, or files of records two models' images; nil where they do not.
  static func unlikePreprocess(_ old: (path: FilePath, way: String), _ new: (path: FilePath, way: String))
    -> InputError?
  {
    guard old.way != new.way else { return nil }
    let (one, other) = (steps(old.way), steps(new.way))
    func words(_ steps: [String], without others: [String]) -> String {
      let own = steps.filter { !others.contains($0) }
      return (own.isEmpty ? "less" : own.joined(separator: ",")).shortened(to: 60)
    }
    return InputError(
      "\(new.path)",
      "prepares images by \(words(other, without: one)), and \(old.path.lastComponent) by \(words(one, without: other))"
    )
  }

  /// `resize=256` and so on: a comma may stand within one, too.
  private static func steps(_ way: String) -> [String] {
    way.split(separator: ",").reduce(into: []) { steps, piece in
      if piece.contains("=") || steps.isEmpty {
        steps.append(String(piece))
      } else {
        steps[steps.count - 1] += ",\(piece)"
      }
    }
  }
}
