import GradCAMCore
import ModelFormats
import Synchronization

extension Command {
  static let evaluate = Command(
    name: "evaluate", summary: "measure how good maps are, method by method and layer by layer",
    operands: "[OPTIONS] --weights FILE IMAGE|FOLDER|-...", operandOffer: { .files },
    notes: [
      "Makes the maps of every image by all methods at all layers, and measures each. The table has means over images with 95 % "
        + "intervals, beside maps that know nothing of the model. gradcam metrics lists what is measured.",
      "A value with * is of a map that does not beat all of those maps. Parts of a list that --shard made on several machines, their "
        + "records joined to one file, give the table of the whole with --records FILE --resume.",
    ],
    examples: [
      "gradcam evaluate models/images -w models/demo-xray.bin --methods gradcam,layercam",
      "gradcam evaluate models/images -w models/demo-xray.bin --layers auto --metrics insertion",
      "gradcam evaluate models/images -w models/demo-xray.bin --masks models/masks --page page.html",
    ],
    exitStatuses: [
      ("0", "all inputs were evaluated, and all requirements hold"),
      (
        "1",
        "at least one input failed, a requirement does not hold, the result, records or page could not be written, or the model changed"
      ),
      ("2", "bad usage, or a model that cannot be loaded"),
      ("130", "ended by SIGINT (143: by SIGTERM), without a table; --resume goes on from the records"),
    ], action: EvaluateCommand.self)
}

/// `gradcam evaluate`.
struct EvaluateCommand: Action {
  private let options: Options
  private let weights: FilePath

  init(_ command: Command, _ options: Options) throws(InputError) {
    let options = try options.withDefinitions()
    (self.options, weights) = (options, try options.modelAndImages(of: command))
    _ = try options.printingFlag()
    try options.checkRecordsFile(remedy: "name a file")
    if options.records.isResuming, options.records.file == nil {
      throw InputError("--resume", "goes on from records, but there are none", remedy: "--records FILE")
    }
    _ = try EvaluatedMethods.named(options.evaluation.methods)
    let layers = options.evaluation.layers
    if layers.count > 1, layers.contains(EvaluationOptions.automatic) {
      throw InputError("--layers", "auto chooses all layers, and others are named", remedy: "auto alone, or the others")
    }
    try options.checkPage()
    try options.checkMarks()
    try options.checkRequirements()
  }

  func run(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    try OpenFiles.require(jobs: 1)
    let stop = StopRequest.listening(console.pipes, answeringOn: console.terminal)
    let (plan, images) = try EvaluationPlan.make(options, weights: weights, stop: stop, console: console)
    let seed = plan.evaluation.settings.seed
    let told = Narrator.Run(options: options, isSeveral: true, stop: stop, log: plan.log)
    let narrator = Narrator(told, nil, RunSummary(verb: "evaluated", tellsVerdicts: false), console: console)
    let run = ImageRun(watch: plan.watch, stop: stop, jobs: plan.share.jobs, console: console)
    let result = Mutex(EvaluationResult(seed: seed, groups: options.evaluation.groups))
    let gallery = Mutex(options.evaluation.page.flatMap { _ in plan.gallery })
    let named = Atomic(0)
    stop.begin()
    let (summary, end) = try run.work(images, narrator) {
      let worker = EvaluationWorker(plan)
      return { worker.evaluate($0) }
    } take: { outcome in
      guard let record = outcome.measured else { return }
      result.withLock { $0.add(record) }
      if let source = outcome.source, plan.truth?.marks(source) ?? false { named.add(1, ordering: .relaxed) }
      if let source = outcome.source { gallery.withLock { $0?.add(record, source) } }
    }
    console.tell(summary, ended: end, stop.signal, isSeveral: true)
    let loss = plan.log?.loss
    if let loss { console.report(loss) }
    stop.finish()
    let counts = result.withLock { ($0.unmarked, $0.board.images) }
    tellOfMarks(plan, unmarked: counts.0, of: counts.1, named: named.load(ordering: .relaxed), console)
    // A table of some of the images would pass for one of all.
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    guard end == nil else { return ExitStatus.failure }
    let table = EvaluationTable(
      result: result.withLock { $0 }, metrics: plan.evaluation.metrics, model: weights, seed: seed,
      failed: summary.failed, steps: plan.evaluation.settings.steps ?? MetricSettings.usualSteps,
      modelWords: options.evaluation.library == nil ? options.modelWords : nil)
    try print(table, console)
    let failures = options.evaluation.requirements.compactMap { $0.failure(in: table.board) }
    for failure in failures { console.report(failure) }
    let hasPage = writesPage(plan, table, gallery.withLock { $0 }, console)
    // Where all that was asked for needs marks, nothing was measured without any.
    let isMeasured =
      counts.0 < counts.1 || counts.1 == 0 || plan.evaluation.metrics.contains { !$0.needs.contains(.truth) }
    let isDone = summary.failed == 0 && loss == nil && failures.isEmpty && hasPage && isMeasured
    return isDone ? ExitStatus.success : ExitStatus.failure
  }

  /// Writes the page of `--page`; false, and a line, where it cannot be written.
  private func writesPage(
    _ plan: EvaluationPlan, _ table: EvaluationTable, _ gallery: EvaluationGallery?, _ console: Console
  ) -> Bool {
    guard let path = options.evaluation.page, let gallery else { return true }
    do { try EvaluationPage(plan: plan, table: table, gallery: gallery).write(to: path) } catch {
      console.report((error as? InputError) ?? InputError("\(path)", "\(error)"))
      return false
    }
    return true
  }

  /// - Parameter named: how many images the marks' files know.
  private func tellOfMarks(
    _ plan: EvaluationPlan, unmarked count: Int, of all: Int, named: Int, _ console: Console
  ) {
    guard let truth = plan.truth else { return }
    let flag = TruthFiles.flag(options.evaluation)
    for remark in truth.remarks { console.warn(InputError(flag, remark)) }
    guard count > 0 else { return }
    if named == 0, count == all {
      console.warn(InputError(flag, truth.absence(all), remedy: "names as the images have them"))
      return
    }
    console.warn(
      InputError(
        flag,
        "\(count.grouped) of \(all.grouped) images have no marks in what the model sees and are left out of localisation"
      ))
  }

  private func print(_ table: EvaluationTable, _ console: Console) throws {
    switch options.outputs.format {
    case .csv: try console.write(Array(table.csv.utf8))
    case .jsonArray, .jsonLines: try console.print(try table.json())
    case .text:
      let lines = table.lines(showsDifferences: options.evaluation.showsDifferences)
      try console.print(lines + [table.keeping].compactMap { $0.map { "to keep it: \($0)" } })
    }
  }
}

extension Options {
  fileprivate func checkPage() throws(InputError) {
    guard let page = evaluation.page else { return }
    if page.isStandardOutput { throw InputError("--page", "cannot be standard output", remedy: "name a file") }
    if let file = records.file, file.normalized == page.normalized {
      throw InputError("--page", "is the file of --records", remedy: "another file")
    }
  }

  private var hasMarks: Bool { evaluation.masks != nil || evaluation.boxes != nil }

  /// Refuses a metric that was asked for by its own name, or by that of a group that has no other, and needs marks where none are given.
  fileprivate func checkMarks() throws(InputError) {
    guard !hasMarks else { return }
    let remedy: Message = "--masks DIR or --boxes FILE"
    let typed = recipe.filter { $0.hasPrefix("--metrics=") }.flatMap { $0.dropFirst(10).split(separator: ",") }
    if let metric = evaluation.metrics.first(where: { $0.needs.contains(.truth) && typed.contains($0.name[...]) }) {
      throw InputError("--metrics", "\(metric.name) needs to know where the class is", remedy: remedy)
    }
    guard evaluation.metrics.contains(where: { !$0.needs.contains(.truth) }) else {
      throw InputError("--metrics", "nothing that is asked for can be measured without marks", remedy: remedy)
    }
  }

  fileprivate func checkRequirements() throws(InputError) {
    let metrics = evaluation.metrics.filter { hasMarks || !$0.needs.contains(.truth) }.map(\.name)
    let everything = evaluation.methods.contains(EvaluationOptions.everything) ? CAMMethods.all.map(\.name) : []
    let methods = evaluation.methods + everything + EvaluationTable.baselineNames
    for requirement in evaluation.requirements {
      // Where none is named, the model's file may name one.
      let named = hasTyped("methods") ? methods : methods + [requirement.method].compactMap { $0 }
      try requirement.check(methods: named, metrics: metrics)
    }
  }
}
