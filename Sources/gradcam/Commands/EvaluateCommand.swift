import GradCAMCore
import ModelFormats
import Synchronization

extension Command {
  static let evaluate = Command(
    name: "evaluate", summary: "measure how good maps are, method by method and layer by layer",
    operands: "[OPTIONS] --weights FILE IMAGE|FOLDER|-...", operandOffer: { .files },
    notes: [
      "Makes the maps of every image by all methods at all layers, and measures each. The table has means over images with 95 % "
        + "intervals, beside maps that know nothing of the model. gradcam metrics lists what is measured."
    ],
    examples: ["gradcam evaluate models/images -w models/demo-xray.bin --methods gradcam,layercam"],
    exitStatuses: [
      ("0", "all inputs were evaluated, and all requirements hold"),
      ("1", "at least one input failed, a requirement does not hold, or the result could not be written"),
      ("2", "bad usage, or a model that cannot be loaded"),
    ], action: EvaluateCommand.self)
}

/// `gradcam evaluate`.
struct EvaluateCommand: Action {
  private let options: Options
  private let weights: FilePath

  init(_ command: Command, _ options: Options) throws(InputError) {
    guard !options.operands.isEmpty || options.inputs.filesFrom != nil else {
      throw InputError("\(command.name)", "no image is named", remedy: "an image, a folder, - or --files-from FILE")
    }
    guard let weights = options.weights else {
      throw InputError("--weights", "is required", remedy: "--weights FILE names the model")
    }
    (self.options, self.weights) = (options, weights)
  }

  func run(_ caller: Caller) throws -> Int32 {
    let console = caller.console
    try OpenFiles.require(jobs: 1)
    let stop = StopRequest.listening(console.pipes)
    let (plan, images) = try EvaluationPlan.make(options, weights: weights, stop: stop, console: console)
    stop.begin()
    let (board, summary) = try evaluate(images, plan, console)
    try console.print(EvaluationTable(board: board.all, metrics: plan.evaluation.metrics).lines)
    for (group, board) in board.groups {
      try console.print(["", "\(group.name), \(board.images.grouped) \(board.images == 1 ? "image" : "images")"])
      try console.print(EvaluationTable(board: board, metrics: plan.evaluation.metrics).lines)
    }
    if let signal = stop.signal { return StopRequest.exitStatus(signal) }
    return summary.failed == 0 ? ExitStatus.success : ExitStatus.failure
  }

  private func evaluate(
    _ images: sending ImageStream, _ plan: EvaluationPlan, _ console: Console
  ) throws -> (GroupedLeaderboard, RunSummary) {
    let stream = Mutex(images)
    let state = Mutex(
      (board: GroupedLeaderboard(seed: plan.evaluation.settings.seed), summary: RunSummary(), unmarked: 0))
    try OrderedWork.run(
      { () throws -> ImageStream.Item? in
        plan.stop.signal == nil && plan.watch.failure == nil ? try stream.withLock { try $0.next() } : nil
      },
      workers: plan.share.jobs, window: 16 + 4 * plan.share.jobs,
      makeWorker: {
        let worker = EvaluationWorker(plan)
        return { worker.evaluate($0) }
      },
      deliver: { outcome in
        if outcome.isDropped { return }
        for warning in outcome.warnings { console.warn(warning) }
        if let error = outcome.error { console.report(error) }
        try state.withLock { state in
          state.summary.add(outcome)
          guard let record = outcome.record else { return }
          try plan.log?.append(try record.json())
          guard case .explained(let record) = record else { return }
          if !record.maps.contains(where: { $0.truthShare ?? 0 > 0 }) { state.unmarked += 1 }
          state.board.add(record, by: plan.options.evaluation.groups)
        }
      })
    let (board, summary, unmarked) = state.withLock { $0 }
    if plan.truth != nil, unmarked > 0 {
      let problem: Message =
        "\(unmarked.grouped) of \(summary.explained.grouped) images have no marks in what the model sees and are left out of localisation"
      console.warn(InputError(TruthFiles.flag(plan.options.evaluation), problem))
    }
    return (board, summary)
  }
}
