import GradCAMCore
import ModelFormats

/// Evaluates images one after the other, with a session of its own.
final class EvaluationWorker {
  private let plan: EvaluationPlan
  private let evaluator: Evaluator
  private var isWarm = false
  /// What is being done to the image at hand, for the kind of its failure.
  private var stage = FailureKind.unreadable

  init(_ plan: EvaluationPlan) {
    self.plan = plan
    evaluator = Evaluator(
      plan.setup, plan.evaluation, randomized: plan.randomized, threads: plan.share.threads)
  }

  /// Measures the maps of one image.
  func evaluate(_ item: ImageStream.Item) -> ImageOutcome {
    switch item {
    case .refused(let path, let error): return .failed(path, error, .collision)
    case .unreadable(let path, let error): return .failed(path, error, .unreadable)
    case .image(let source):
      if let record = plan.finished?.evaluation(of: source, where: plan.isWhole) {
        return ImageOutcome(kept: record, source: source)
      }
      guard plan.watch.holds() else { return .dropped }
      var warnings: [InputError] = []
      do { return try evaluate(source, &warnings) } catch {
        guard plan.watch.holds() else { return .dropped }
        let known = (error as? InputError) ?? InputError("", "\(error)")
        return .failed(source.path, known, known.isOutOfMemory ? .noMemory : stage, warnings: warnings)
      }
    }
  }

  private func evaluate(_ source: ImageSource, _ warnings: inout [InputError]) throws -> ImageOutcome {
    let start = millisecondsNow()
    stage = .unreadable
    let file = try source.read(plan.stop)
    stage = ImageFormat(file.bytes).isReadable ? .damaged : .noImage
    let claim = plan.memory.claim()
    defer { claim.release() }
    let decoded = try plan.options.decode(file, leastSize: plan.setup.preprocessor.leastSize) {
      [memory = plan.memory, isFirst = !isWarm] (extent) throws(InputError) in
      try memory.take(extent, claim, isFirst: isFirst)
    }
    try file.requireUnchanged()
    let doubts = plan.doubts.about(decoded)
    warnings += doubts.map { $0.about("\(source.path)") }
    stage = .notExplained
    let truth = try plan.truth?.truth(of: source, size: decoded.reduction?.original ?? decoded.size)
    let evaluation = try evaluator.evaluate(decoded, truth: truth)
    (isWarm, plan.memory.isModelReady) = (true, true)
    let digest = SHA256.digest(of: file.bytes)
    let stamp = source.path.isDash ? nil : file.version.map(FileStamp.init)
    let record = plan.record(
      evaluation, source, digest, stamp, milliseconds: millisecondsNow() - start, doubts, isDamaged: decoded.isDamaged)
    return ImageOutcome(record: .explained(record), source: source, warnings: warnings)
  }
}
