import Glibc
import GradCAMCore
import ModelFormats

/// Explains images one after the other, with a session of its own.
final class ImageWorker {
  private let plan: ExplainPlan
  private let explainer: Explainer
  /// What is being done to the image at hand, for the kind of its failure.
  private var stage = FailureKind.unreadable
  /// Whether an image has been explained, so that the memory that stays is there.
  private var isWarm = false

  init(_ plan: ExplainPlan, console: Console) {
    self.plan = plan
    explainer = Explainer(plan.setup, threads: plan.threads)
    if plan.options.verbosity == .verbose { explainer.trace = { console.detail($0) } }
    if plan.jobs == 1 {
      explainer.progress = { method, done, total in
        console.progress(done: done, of: total, unit: "passes of \(method)")
        if done == total { console.endProgress() }
      }
    }
  }

  /// Explains one image and writes its files; nothing is left of them when it fails.
  func explain(_ item: ImageStream.Item) -> ImageOutcome {
    switch item {
    case .refused(let path, let error): return .failed(path, error, .collision)
    case .unreadable(let path, let error): return .failed(path, error, .unreadable)
    case .image(let source):
      if isFinished(source) { return .finishedBefore }
      guard plan.watch.holds() else { return .dropped }
      var warnings: [InputError] = []
      do {
        return try explain(source, &warnings)
      } catch {
        // What a model does that changes meanwhile says nothing of the image.
        guard plan.watch.holds() else { return .dropped }
        let known = (error as? InputError) ?? InputError("", "\(error)")
        return .failed(source.path, known, kind(of: known), warnings: warnings)
      }
    }
  }

  private func kind(of error: InputError) -> FailureKind {
    if error.isOutOfMemory { return .noMemory }
    return switch error.fault {
    case .kind: .noImage
    case .parameter: .notExplained
    case nil: stage
    }
  }

  private func isFinished(_ source: ImageSource) -> Bool {
    plan.finished?.contains(source) { record in record.maps.flatMap { outputs(of: source, $0) } } ?? false
  }

  /// The files of a map that was recorded.
  private func outputs(of source: ImageSource, _ map: MapRecord) -> [FinishedImages.Output] {
    let name = plan.names.name(method: map.method, layer: map.layer, target: map.target.index)
    let options = plan.options.outputs
    var outputs = [
      FinishedImages.Output(
        path: plan.names.overlay(of: source, name), format: options.overlayFormat, seal: map.outputFile?.seal,
        numbers: nil)
    ]
    if let path = plan.names.heatmap(of: source, name), let format = options.heatmap?.format {
      let isPlain = plan.options.look.canvas == .input
      outputs.append(
        FinishedImages.Output(
          path: path, format: format, seal: map.heatmapFile?.seal, numbers: isPlain ? map.digest : nil))
    }
    if let path = options.dump {
      outputs.append(FinishedImages.Output(path: path, format: nil, seal: map.dumpFile?.seal, numbers: nil))
    }
    return outputs
  }

  /// Refuses an image before there is work, where the names of its outputs are known and are another's.
  private func checkNames(_ source: ImageSource) throws(InputError) {
    stage = .collision
    // What can be read once must not be read for its digest alone.
    guard let maps = plan.knownMaps, plan.claims.hasRecords, FileIdentity(source.path) != nil else { return }
    try plan.claims.check(plan.names.files(of: source, maps), of: source) {
      guard let file = try? source.read(plan.stop) else { return nil }
      defer { withExtendedLifetime(file) {} }
      return SHA256.digest(of: file.bytes)
    }
  }

  /// Takes the image's outputs, of which none is another's.
  private func claimOutputs(_ source: ImageSource, _ names: [MapName], imageDigest: String) throws(InputError) {
    stage = .collision
    let outputs = plan.names.files(of: source, names)
    try plan.claims.check(outputs, of: source) { imageDigest }
    try plan.claims.claim(outputs, of: source)
  }

  private func explain(_ source: ImageSource, _ warnings: inout [InputError]) throws -> ImageOutcome {
    let start = millisecondsNow()
    try checkNames(source)
    stage = .unreadable
    let file = try source.read(plan.stop)
    stage = ImageFormat(file.bytes).isReadable ? .damaged : .noImage
    let claim = plan.memory.claim()
    defer { claim.release() }
    let decoded = try decode(file, claim)
    if plan.options.isStrict, decoded.isDamaged { throw Self.refusal(of: decoded) }
    let doubts = plan.doubts.about(decoded)
    warnings += doubts.map { $0.about("\(source.path)") }
    stage = .notExplained
    let explanation = try explainer.explain(decoded)
    isWarm = true
    plan.memory.isModelReady = true
    stage = .verdict
    if plan.options.isStrict { try requireWorth(explanation) }
    let imageDigest = try reading(file) { SHA256.digest(of: file.bytes) }
    let names = explanation.maps.map { map in
      plan.names.name(method: map.method.name, layer: map.layer, target: map.target.index)
    }
    try claimOutputs(source, names, imageDigest: imageDigest)
    stage = .notWritten
    let files = try ExplanationFiles(explanation, of: source, names, imageDigest: imageDigest, plan)
    try files.write()
    for map in explanation.maps { warnings += self.warnings(map, source) }
    let stamp = source.path.isDash ? nil : file.version.map(FileStamp.init)
    var record = plan.record(explanation, source, files, stamp, milliseconds: millisecondsNow() - start)
    record.tell(doubts, isDamaged: decoded.isDamaged)
    return ImageOutcome(record: .explained(record), warnings: warnings)
  }

  /// Decodes an image once the memory for all that follows can be had.
  private func decode(_ file: FileBytes, _ claim: MemoryClaim) throws -> DecodedImage {
    try reading(file) {
      try plan.options.decode(file, leastSize: plan.setup.preprocessor.leastSize) {
        [memory = plan.memory, isFirst = !isWarm] (extent) throws(InputError) in
        try memory.take(extent, claim, isFirst: isFirst)
      }
    }
  }

  /// Does something with a file's bytes. Where the file changed meanwhile, that is what is wrong with the image, whatever was made
  /// of the bytes.
  private func reading<Made>(_ file: FileBytes, _ work: () throws -> Made) throws -> Made {
    let made = Result { try work() }
    do { try file.requireUnchanged() } catch {
      stage = .unreadable
      throw error
    }
    return try made.get()
  }

  /// Why an image of which pixels were made up has failed.
  private static func refusal(of decoded: DecodedImage) -> InputError {
    InputError("", "\(decoded.warning ?? "is damaged")", remedy: "without --strict it is explained all the same")
  }

  /// Refuses maps that are worth nothing.
  private func requireWorth(_ explanation: Explanation) throws(InputError) {
    guard let map = explanation.maps.first(where: { $0.verdict != .ok }),
      let meaning = map.verdict.explanation(map.mode)
    else { return }
    throw InputError(
      "", "\(map.verdict.rawValue): \(meaning) (\(map.method.name), \(map.subject), \(map.layer))",
      remedy: "without --strict it is drawn all the same")
  }

  private func warnings(_ map: ExplanationMap, _ source: ImageSource) -> [InputError] {
    guard let explanation = map.verdict.explanation(map.mode) else { return [] }
    return [InputError("\(source.path)", "\(map.verdict.rawValue): \(explanation) (\(map.subject), \(map.layer))")]
  }
}

extension ExplanationMap {
  /// What a warning about the map calls what it explains.
  fileprivate var subject: String { mode == .evidenceFor ? target.name : question.side }
}
