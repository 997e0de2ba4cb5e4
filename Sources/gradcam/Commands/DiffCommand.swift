import GradCAMCore
import ModelFormats
import Synchronization

extension Command {
  static let diff = Command(
    name: "diff", summary: "compare the maps of two models, image by image",
    operands: "[OPTIONS] OLD NEW IMAGE|FOLDER|-...", operandOffer: { .files },
    notes: [
      "OLD and NEW are models of the same classes, as two releases, or one before and after pruning or quantisation. Classes are "
        + "matched by their labels, and by number where a model has none. Both explain the class that OLD is surest of, and of a model with one output its positive class; --target names "
        + "others. Options about the model, as --preprocess and --labels, hold for both.",
      "Maps are compared enlarged to the model's input, in the part of the image that both models see. rank is Spearman's correlation. "
        + "ssim is the structural similarity of what speaks for the class. overlap is the share of OLD's hottest tenth that is in "
        + "NEW's (by chance 0.1). shift is how far the centre of mass moved, in pixels of the image.",
      "Without images OLD and NEW are files of records of gradcam explain --heatmap FILE.npy (or, with --canvas original, "
        + ".png): kept maps are paired by image, method, layer and class, and compared without models. Where both files have one layer, "
        + "it need not be called the same. An image under two paths is told by its content. Images that one file lacks are named, and "
        + "--require fails.",
    ],
    examples: [
      "gradcam diff models/demo-xray.bin models/demo-xray.bin models/images --page diff.html",
      "gradcam diff models/demo-xray.bin models/demo-xray.bin models/images --require 'rank>=0.9'",
    ],
    exitStatuses: [
      ("0", "all images were compared, and all requirements hold"),
      (
        "1",
        "at least one image failed, a requirement does not hold, the result, page or records could not be written, or a model changed"
      ),
      ("2", "bad usage, or models or records that cannot be read or compared"),
      ("130", "ended by SIGINT (143: by SIGTERM), without a table; --resume goes on from the records"),
    ], action: DiffCommand.self)
}

/// `gradcam diff`.
struct DiffCommand: Action {
  /// Those that were typed, the operands without the two that are compared.
  private let options: Options
  private let old, new: FilePath
  private let command: Command

  init(_ command: Command, _ options: Options) throws(InputError) {
    guard options.operands.count >= 2 else {
      throw InputError("\(command.name)", "OLD and NEW are not both named", remedy: "\(command.usage)")
    }
    (self.command, old, new) = (command, options.operands[0], options.operands[1])
    var options = options
    options.operands.removeFirst(2)
    self.options = options
    try options.checkInputs()
    _ = try options.printingFlag()
    try options.checkRecordsFile(remedy: "name a file, or --jsonl")
    if options.records.isResuming, options.records.file == nil {
      throw InputError("--resume", "goes on from records, but there are none", remedy: "--records FILE")
    }
    if let page = options.diff.page {
      if page.isDash { throw InputError("--page", "cannot be standard output", remedy: "name a file") }
      if page.normalized == options.records.file?.normalized {
        throw InputError("--page", "is the file of --records", remedy: "another file")
      }
    }
  }

  /// Of records the methods are known once they are paired.
  private func checkRequirements() throws(InputError) {
    let methods = options.maps.methods.map(\.name)
    for requirement in options.diff.requirements {
      try requirement.check(methods: methods, metrics: DiffOptions.figures, flag: "--method")
    }
  }

  func run(_ caller: Caller) throws -> Int32 {
    let hasImages = !options.operands.isEmpty || options.inputs.filesFrom != nil
    // What can be read once is taken for what stands beside it.
    let kinds = (RecordedMaps.isHere(old), RecordedMaps.isHere(new))
    switch (kinds.0 ?? kinds.1 ?? !hasImages, kinds.1 ?? kinds.0 ?? !hasImages) {
    case (true, true):
      try RecordedPairs.check(options)
      return try compareRecords(caller)
    case (false, false):
      guard hasImages else {
        throw InputError(
          "\(command.name)", "no image is named",
          remedy: "an image, a folder, - or --files-from FILE; or two files of records")
      }
      try checkRequirements()
      return try compareModels(caller)
    case (let isOld, _):
      throw InputError(
        "\(isOld ? old : new)", "holds records, and \(isOld ? new : old) does not",
        remedy: "two models, or two files of records")
    }
  }

  private func compareModels(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    try OpenFiles.require(jobs: 1)
    let stop = StopRequest.listening(console.pipes, answeringOn: console.terminal)
    let (plan, images) = try ComparisonPlan.make(options, old: old, new: new, stop: stop, console: console)
    let told = Narrator.Run(options: options, isSeveral: true, stop: stop, log: plan.log)
    let narrator = Narrator(told, printer, RunSummary(verb: "compared", tellsVerdicts: false), console: console)
    let run = ImageRun(watch: plan.watch, stop: stop, jobs: plan.share.jobs, console: console)
    let result = Mutex(emptyResult)
    stop.begin()
    let (summary, end) = try run.work(images, narrator) {
      let worker = ComparisonWorker(plan)
      return { worker.compare($0) }
    } take: { outcome in
      result.withLock { $0.add(outcome) }
    }
    console.tell(summary, ended: end, stop.signal, isSeveral: true)
    let loss = plan.log?.loss
    if let loss { console.report(loss) }
    let isWhole = end == nil && stop.signal == nil
    var table = table(result.withLock { $0 }, failed: summary.failed)
    let (before, after) = (plan.old.provenance, plan.new.provenance)
    table.digests = (before.modelDigest, after.modelDigest)
    table.preprocess = (before.preprocess, after.preprocess)
    let hasPage = try !isWhole || writesPage(table, console) { ComparisonWorker(plan) }
    stop.finish()
    // A table of some of the images would pass for one of all.
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    guard isWhole else { return ExitStatus.failure }
    let isDone = summary.failed == 0 && !summary.isUnprinted && loss == nil && hasPage
    return try conclude(table, isDone: isDone, console)
  }

  private func compareRecords(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    let jobs = WorkShare.affordable(options.running.jobs ?? Cores.count)
    try OpenFiles.require(jobs: jobs)
    let stop = StopRequest.listening(console.pipes, answeringOn: console.terminal)
    if let page = options.diff.page { try DiffOptions.check(page, ProtectedFiles([old, new])) }
    let records = try RecordedPairs(old, new, stop: stop, caller.readRecipe)
    records.problems.forEach(console.report)
    let told = Narrator.Run(options: options, isSeveral: false, stop: stop, log: nil)
    let narrator = Narrator(told, printer, RunSummary(verb: "compared", tellsVerdicts: false), console: console)
    let result = Mutex(emptyResult)
    stop.begin()
    let (summary, end) = try records.work(narrator, jobs: jobs) { outcome in result.withLock { $0.add(outcome) } }
    console.tell(summary, ended: end, stop.signal, isSeveral: true)
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    guard end == nil else { return ExitStatus.failure }
    var table = table(result.withLock { $0 }, failed: summary.failed)
    table.unpaired = records.unpaired
    table.preprocess = (table.result.models?.old.preprocess, table.result.models?.new.preprocess)
    if table.result.images == 0, summary.failed == 0 {
      stop.finish()
      throw records.reason
    }
    records.warnings.forEach(console.warn)
    if let ways = table.unlikePreprocess, let warning = InputError.unlikePreprocess((old, ways.old), (new, ways.new)) {
      console.warn(warning)
    }
    let hasPage = try writesPage(table, console) { records }
    stop.finish()
    let isWhole = summary.failed == 0 && !summary.isUnprinted && records.problems.isEmpty
    return try conclude(table, isDone: isWhole && hasPage, console)
  }

  // MARK: - What comes of it

  private var seed: UInt64 { options.maps.settings.seed }

  /// nil where the result is one table at the end.
  private var printer: ResultPrinter? {
    options.outputs.format == .jsonLines ? ResultPrinter(format: .jsonLines) : nil
  }

  private var emptyResult: ComparisonResult {
    ComparisonResult(seed: seed, listing: max(options.diff.worst, options.diff.page == nil ? 0 : DiffPage.most))
  }

  private func table(_ result: ComparisonResult, failed: Int) -> ComparisonTable {
    ComparisonTable(
      result: result, old: old, new: new, seed: seed, failed: failed, listed: options.diff.worst)
  }

  /// Makes the page; false, and a line, where it cannot be written.
  private func writesPage(
    _ table: ComparisonTable, _ console: Console, _ maps: () -> any ComparedMaps
  ) throws -> Bool {
    guard let file = options.diff.page else { return true }
    do {
      let page = DiffPage(table: table, drawing: DiffPictures(maps(), options.maps))
      try page.write(to: file, console)
      return true
    } catch let error as InputError {
      console.report(error)
      return false
    }
  }

  private func conclude(_ table: ComparisonTable, isDone: Bool, _ console: Console) throws -> Int32 {
    switch options.outputs.format {
    case .csv: try console.write(Array(table.csv.utf8))
    case .jsonArray: try console.print(try table.json())
    case .jsonLines: break
    case .text: try console.print(table.lines)
    }
    var failures = options.diff.requirements.compactMap { $0.failure(in: table.result) }
    if !options.diff.requirements.isEmpty, let unpaired = table.unpaired, unpaired.leavesOut {
      let counts =
        "\(unpaired.onlyOld.grouped) are in OLD alone, \(unpaired.onlyNew.grouped) in NEW alone, \(unpaired.withoutPair.grouped) have "
        + "no map in both, and \(unpaired.withoutHeatmap.grouped) pairs of maps no heatmaps"
      failures.append(
        InputError("--require", "is about all images, but \(counts)", remedy: "two runs over the same images"))
    }
    for failure in failures { console.report(failure) }
    return isDone && failures.isEmpty ? ExitStatus.success : ExitStatus.failure
  }
}
