import GradCAMCore
import ModelFormats

extension Command {
  static let explain = Command(
    name: "explain", summary: "show where in an image a classifier's answer came from",
    operands: "[OPTIONS] --weights FILE IMAGE|FOLDER|-...", operandOffer: { .files },
    notes: [
      "Explains every image named, found in a folder, or listed by --files-from; - reads one from "
        + "standard input. Overlays of images named are called STEM.METHOD.png, those of images from a folder or "
        + "a list NAME.METHOD.png with the image's extension kept. What was asked for stands before .METHOD: .LAYER and "
        + ".TARGET where they were typed, .against for --counterfactual, .rather-than-CLASS for --against, .fused-KIND and "
        + ".signed.",
      "Where the reader of standard output leaves, as head does, overlays, records and the report are made all the same, and the "
        + "status is about them. Where standard output cannot be written, it is 1, and the run goes on if --records or --report "
        + "keep its records. Named pipes are waited for until the first SIGINT or SIGTERM.",
      "--method, --layer and --target add up when repeated. Of any other option given twice the last counts.",
    ],
    examples: [
      "gradcam explain models/images/opacity-01.jpg --weights models/demo-xray.bin",
      "gradcam explain models/images -w models/demo-xray.bin -d maps --jsonl > maps.jsonl",
      "gradcam explain - -w models/demo-xray.bin -o - < models/images/opacity-01.jpg > overlay.png",
      "gradcam explain models/images -w models/demo-xray.bin -d maps --records maps.jsonl --resume",
      "gradcam explain models/images -w models/demo-xray.bin --report report",
      "gradcam explain models/images/*.jpg -w models/demo-xray.bin --heatmap 'maps/{stem}.npy'",
      "gradcam explain models/images/*.jpg -w models/demo-xray.bin -m layercam,fem --boxes --jsonl",
    ],
    exitStatuses: [
      ("0", "all inputs were explained"),
      (
        "1",
        "at least one input failed, or an output, records or standard output could not be written, or records were lost, or the model "
          + "changed; the "
          + "others are complete"
      ),
      ("2", "bad usage, or a model that cannot be loaded"),
      ("130", "ended by SIGINT (143: by SIGTERM); what was under way is complete"),
    ], action: ExplainCommand.self)
}

/// `gradcam explain`.
struct ExplainCommand: Action {
  let options: Options
  let weights: FilePath

  init(_ command: Command, _ options: Options) throws(InputError) {
    (self.options, weights) = (options, try options.modelAndImages(of: command))
    try options.checkRecords()
    try options.checkPrinting()
    if options.look.threshold != nil, options.look.marks == nil {
      throw InputError("--threshold", "is what boxes and contours are drawn at", remedy: "--boxes, --contours or both")
    }
    if let clip = options.look.clip, clip < 100, options.maps.scale != nil {
      throw InputError("--clip", "and --scale both say where the colours end", remedy: "one of the two")
    }
    try OutputNames(options, weights: weights).check(imageCount: options.operands.count)
    try options.checkEnding(weights)
  }

  func run(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    try OpenFiles.require(jobs: 1)
    let stop = StopRequest.listening(console.pipes, answeringOn: console.terminal)
    let (plan, images) = try ExplainPlan.make(options, weights: weights, stop: stop, console: console)
    let outputs = options.outputs
    let printer = ResultPrinter(format: outputs.format, usesErrors: outputs.file?.isStandardOutput ?? false)
    let told = Narrator.Run(options: options, isSeveral: plan.isSeveral, stop: stop, log: plan.log)
    let run = ImageRun(
      watch: plan.watch, stop: stop, jobs: plan.jobs, console: console, isStrict: options.isStrict)
    stop.begin()
    let (summary, end) = try run.work(images, Narrator(told, printer, console: console)) {
      let worker = ImageWorker(plan, console: console)
      return { worker.explain($0) }
    }
    console.tell(summary, ended: end, stop.signal, isSeveral: plan.isSeveral)
    let loss = plan.log?.loss
    if let loss { console.report(loss) }
    // A page that is being made is whole or not there.
    stop.finish()
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    // What stands in the place of the records is somebody else's.
    guard loss == nil else { return ExitStatus.failure }
    switch end {
    case .diskFull, .unkept: return ExitStatus.failure
    case .tooManyErrors, .unprinted, .unlisted, .modelChanged, nil: break
    }
    let hasReport = try writesReport(plan, caller)
    let isAllThere = !options.isStrict || summary.emptyFolders == 0
    let isDone = summary.failed == 0 && !summary.isUnprinted && end == nil && hasReport && isAllThere
    return isDone ? ExitStatus.success : ExitStatus.failure
  }

  /// Makes the page of `--report` from all records that are kept; false, and a line, where it cannot be made.
  private func writesReport(_ plan: ExplainPlan, _ caller: Caller) throws -> Bool {
    let console = caller.console
    guard let folder = options.records.report, let log = plan.log else { return true }
    let writer = ReportWriter(records: [log.path], page: folder.appending(RecordOptions.pageName), jobs: plan.jobs)
    do {
      _ = try writer.write(try writer.read(console: console), nil, console: console, caller.readRecipe)
      return true
    } catch let error as InputError {
      console.report(error)
      return false
    }
  }
}

// MARK: - What options mean together

extension Options {
  /// Refuses an overlay of another ending than those that are written. What is there and no file on disk has none: a device or a
  /// pipe gets a PNG, as standard output does, and a folder is refused as one.
  fileprivate func checkEnding(_ weights: FilePath) throws(InputError) {
    guard let file = outputs.file, !file.isDash, FileStatus(file)?.isRegular ?? true,
      OpenDescriptor.number(of: file) == nil
    else { return }
    // That an input would be replaced is the worse mistake, and is told later.
    let read = [weights, labels, inputs.filesFrom].compactMap { $0 } + operands
    if read.contains(where: { $0.normalized == file.normalized }) { return }
    do throws(InputError) {
      _ = try FileFormat(endingOf: file.bytes, offered: FileFormat.pictures)
    } catch {
      let isNumbers = (try? FileFormat(endingOf: file.bytes, offered: [.npy])) != nil
      guard isNumbers else { throw error.about("--output") }
      throw InputError("--output", "is a picture, and .npy holds numbers", remedy: "--heatmap \(file)")
    }
  }

  fileprivate func checkRecords() throws(InputError) {
    if let report = records.report, let file = records.file,
      file.normalized == report.appending(RecordOptions.pageName).normalized
    {
      throw InputError("--records", "is the page of --report", remedy: "another file")
    }
    if records.isResuming, records.kept == nil {
      throw InputError("--resume", "goes on from records, but there are none", remedy: "--records FILE or --report DIR")
    }
    if records.isResuming, outputs.file?.isStandardOutput == true {
      throw InputError("--resume", "cannot tell what went to standard output", remedy: "--output FILE")
    }
    try checkRecordsFile(remedy: "name a file, or --jsonl")
  }

  fileprivate func checkPrinting() throws(InputError) {
    let typed = try printingFlag()
    if let file = outputs.file, file.isStandardOutput, outputs.format != .text {
      let other = typed ?? ""
      throw InputError("--output", "\(file) and \(other) both write to standard output", remedy: "name a file")
    }
    if outputs.dump?.isDash == true {
      throw InputError("--dump", "cannot be written to standard output", remedy: "name a file")
    }
    try checkDump()
  }
}
