import GradCAMCore
import ModelFormats

/// What `evaluate` will do: everything that can be found out before the first image is read.
struct EvaluationPlan: Sendable {
  let options: Options
  let evaluation: Evaluator.Options
  let setup: Explainer.Setup
  /// The model with other weights, where a metric needs it.
  let randomized: RandomizedModels?
  let provenance: Provenance
  let truth: (any TruthSource)?
  /// The file of `--records`.
  let log: RecordLog?
  /// What stands in it already, with `--resume`.
  let finished: FinishedImages?
  let stop: StopRequest
  let watch: ModelWatch
  let share: WorkShare
  let memory: ImageMemory
  let doubts: ImageDoubts
  /// Files that the page may not replace.
  let inputs: ProtectedFiles
  /// Metrics that were asked for among others, and need marks where there are none.
  let unmarked: [String]

  /// - Throws: `InputError` for bad usage and models that cannot be loaded.
  static func make(
    _ options: Options, weights: FilePath, stop: StopRequest, console: Console
  ) throws -> (EvaluationPlan, ImageStream) {
    try OpenBLAS.requireSoundness()
    let source = try ModelSource(weights)
    let digest = DigestTask(source.file)
    let model = try Model.load(source, try options.modelOverrides(), threads: Cores.count)
    var options = options
    if !options.hasTyped("methods"), model.defaultMethod != nil {
      options.evaluation.methods = [try model.method().name]
    }
    let chosen = try EvaluatedMethods(options, model)
    for note in chosen.notes { console.warn(InputError("--methods", note)) }
    if let note = options.definitionsNote(isMarked: options.evaluation.masks != nil || options.evaluation.boxes != nil)
    {
      console.warn(InputError("--compat", note))
    }
    let plan = try EvaluationPlan(options, weights, model, chosen, digest, stop)
    for note in plan.truth?.notes ?? [] { console.warn(InputError(TruthFiles.flag(options.evaluation), note)) }
    plan.warnOfUnmarked(console)
    plan.warnOfNamelessMarks(console)
    plan.warnOfTwins(console)
    console.introduce(model, at: weights)
    if let log = plan.log, let repair = log.repair { console.warn(InputError("\(log.path)", "\(repair)")) }
    for doubt in plan.setup.doubts { console.warn(InputError("\(weights)", doubt)) }
    return (plan, try ImageStream(options, stop: stop) { _, _ in nil })
  }

  private init(
    _ options: Options, _ weights: FilePath, _ model: Model, _ chosen: EvaluatedMethods, _ digest: DigestTask,
    _ stop: StopRequest
  ) throws {
    (self.options, self.stop) = (options, stop)
    var evaluation = Evaluator.Options()
    evaluation.maps = options.maps
    (evaluation.maps.methods, evaluation.maps.layers) = (chosen.methods, chosen.layers)
    (evaluation.metrics, evaluation.settings) = (options.evaluation.metrics, options.evaluation.settings)
    evaluation.settings.seed = options.maps.settings.seed
    truth = try TruthFiles.source(options, model)
    let needMarks = truth == nil ? evaluation.metrics.filter { $0.needs.contains(.truth) }.map(\.name) : []
    evaluation.metrics.removeAll { needMarks.contains($0.name) }
    unmarked = options.hasTyped("metrics") ? needMarks : []
    self.evaluation = evaluation
    do throws(InputError) { setup = try Evaluator.setup(model, evaluation) } catch {
      // The options that name methods and layers have other names here.
      let flag = error.subject.withFlags
      let isOther = ["--layer", "--method"].contains(flag)
      throw InputError(
        isOther ? "\(flag)s" : error.subject, error.problem, remedy: error.remedy, errorNumber: error.errorNumber)
    }
    let needsOthers = evaluation.metrics.contains { $0.needs.contains(.randomizedModels) }
    randomized = needsOthers ? RandomizedModels(setup, seed: evaluation.settings.seed) : nil
    watch = ModelWatch(model, stop)
    doubts = ImageDoubts(setup, options)
    let chosen = evaluation.maps.methods.map(\.name) + evaluation.baselines.map(\.name)
    for requirement in options.evaluation.requirements {
      try requirement.check(methods: chosen, metrics: evaluation.metrics.map(\.name))
    }
    let headroom = MemoryHeadroom.now()
    let jobs = options.running.jobs ?? (options.running.threads.map { max(1, Cores.count / $0) } ?? Cores.count)
    let wanted = WorkShare(jobs: jobs, threads: options.running.threads ?? max(1, Cores.count / jobs))
    let needs: ExplainingMemory
    (share, needs) = try wanted.fitting(setup, weights, randomized: randomized, in: headroom)
    memory = ImageMemory(needs, setup, budget: MemoryBudget(headroom))
    try OpenFiles.require(jobs: share.jobs, hasBegun: true)
    let purpose = "evaluate \(try TruthFiles.digest(options.evaluation) ?? "")"
    provenance = try Provenance(setup, at: weights, digest, options, purpose: purpose)
    let named = [weights, options.labels, options.inputs.filesFrom, options.evaluation.boxes]
    let read = named.compactMap { $0 } + options.operands + model.filePaths
    inputs = ProtectedFiles(read + [options.records.file].compactMap { $0 })
    if let page = options.evaluation.page { try Self.check(page: page, ProtectedFiles(read)) }
    if let file = options.records.file {
      try ProtectedFiles(read).check(file)
      try ExplainPlan.checkReadable(file, options)
    }
    log = try options.records.file.map { path throws(InputError) in try RecordLog(path, pipes: stop.pipes) }
    let kept = options.records.isResuming ? try log.flatMap { log throws(InputError) in try KeptRecords(log) } : nil
    finished = try ExplainPlan.finished(options, kept, provenance)
  }

  /// Refuses a page that could not be written, or would replace what is no page.
  private static func check(page: FilePath, _ inputs: ProtectedFiles) throws(InputError) {
    try inputs.check(page)
    guard !page.isFolder else { throw InputError("\(page)", "is a folder", remedy: "name a file") }
    guard page.parent.isFolder else {
      throw InputError(
        "\(page)", "cannot be written: there is no folder \(page.parent)", remedy: "a folder that is there")
    }
    try OwnOutput.page.check(page)
  }

  private func warnOfUnmarked(_ console: Console) {
    guard !unmarked.isEmpty else { return }
    let names = unmarked.lazy.map { $0 }.listed(10)
    console.warn(
      InputError("--metrics", "\(names) need marks and are left out", remedy: "--masks DIR or --boxes FILE"))
  }

  /// Marks of no class say of several which one they mean as little as that they do not mean the negative one.
  private func warnOfNamelessMarks(_ console: Console) {
    guard let truth, truth.isNameless else { return }
    let targets = setup.options.targets
    let isNegative = setup.model.outputCount == 1 && setup.targetIndices.contains(0)
    guard targets.count > 1 || targets.contains(where: \.isSeveral) || isNegative else { return }
    console.warn(
      InputError(
        TruthFiles.flag(options.evaluation), "marks without a class are held against every class that is explained",
        remedy: "--target NAME for the one that they mean"))
  }

  private func warnOfTwins(_ console: Console) {
    var seen: Set<FilePath> = []
    guard let twin = options.operands.first(where: { !seen.insert($0.normalized).inserted }) else { return }
    console.warn(InputError("\(twin)", "is named twice, and counts twice in all means"))
  }
}
