import Glibc
import GradCAMCore
import ModelFormats

/// What became of one image.
struct ImageOutcome: Sendable {
  enum Result: Sendable {
    case explained(ExplanationRecord)
    case failed(FailureRecord, FailureKind)
    /// `--resume` passed over it.
    case finishedBefore
  }

  var result: Result
  /// For people: a line a map.
  var lines: [String] = []
  var warnings: [InputError] = []
  /// Why the image could not be explained.
  var error: InputError?

  /// What is printed and kept; nil where that was done by an earlier run.
  var record: Record? {
    switch result {
    case .explained(let record): .explained(record)
    case .failed(let record, _): .failed(record)
    case .finishedBefore: nil
    }
  }

  var isOutOfRoom: Bool { error?.isOutOfRoom ?? false }

  static func failed(
    _ path: FilePath, _ error: InputError, _ kind: FailureKind, warnings: [InputError] = []
  ) -> ImageOutcome {
    let named = error.about("\(path)")
    let record = FailureRecord(image: path, error: named, kind: kind)
    return ImageOutcome(result: .failed(record, kind), warnings: warnings, error: named)
  }
}

/// Explains images one after the other, with a session of its own.
final class ImageWorker {
  private let plan: ExplainPlan
  private let explainer: Explainer
  /// What is being done to the image at hand, for the kind of its failure.
  private var stage = FailureKind.unreadable
  /// The colours of the lines.
  private let palette: Palette

  init(_ plan: ExplainPlan, console: Console) throws(InputError) {
    self.plan = plan
    palette = plan.options.outputs.file?.isDash == true ? console.errorPalette : console.outputPalette
    let engine = Engine(rawValue: plan.options.running.engine.rawValue) ?? .auto
    explainer = try Explainer(plan.model, plan.explaining, threads: plan.threads, engine: engine)
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
    case .refused(let path, let error):
      return .failed(path, error, error.errorNumber == nil ? .collision : .unreadable)
    case .image(let source):
      if isFinished(source) { return ImageOutcome(result: .finishedBefore) }
      var warnings: [InputError] = []
      do {
        return try explain(source, &warnings)
      } catch {
        let known = (error as? InputError) ?? InputError("", "\(error)")
        return .failed(source.path, known, stage, warnings: warnings)
      }
    }
  }

  private func isFinished(_ source: ImageSource) -> Bool {
    plan.finished?.contains(source) { record in
      record.maps.flatMap { map in
        let target = plan.targetNames[map.target.index]
        let name = MapName(method: map.method, layer: map.layer, target: target)
        let files = [plan.names.overlay(of: source, name), plan.names.heatmap(of: source, name)]
        return files.compactMap { $0 }
      } + [plan.options.outputs.dump].compactMap { $0 }
    } ?? false
  }

  private func explain(_ source: ImageSource, _ warnings: inout [InputError]) throws -> ImageOutcome {
    let start = millisecondsNow()
    stage = .unreadable
    // Before the file is read: one that changes meanwhile is another at the next --resume.
    let stamp = FileStamp(source.path)
    let file = try source.read(plan.stop)
    stage = ImageFormat(file.bytes).isReadable ? .damaged : .noImage
    let decoded = try plan.options.decode(file, leastSize: explainer.preprocessor.leastSize)
    if let warning = decoded.warning { warnings.append(InputError("\(source.path)", "\(warning)")) }
    stage = .notExplained
    let explanation = try explainer.explain(decoded.image, reducedBy: decoded.reduction)
    stage = .verdict
    if plan.options.maps.isStrict { try requireWorth(explanation) }
    stage = .notWritten
    let digest = SHA256.digest(of: file.bytes)
    let files = try ExplanationFiles(explanation, of: source, imageDigest: digest, plan)
    try files.write()
    for map in explanation.maps { warnings += self.warnings(map, source) }
    let time = millisecondsNow() - start
    var record = plan.record(explanation, source, files, imageDigest: digest, milliseconds: time)
    (record.imageBytes, record.imageModified) = (stamp?.bytes, stamp?.modified)
    record.warning = decoded.warning
    return ImageOutcome(
      result: .explained(record), lines: lines(explanation, files, milliseconds: time), warnings: warnings)
  }

  /// Refuses maps that are worth nothing.
  private func requireWorth(_ explanation: Explanation) throws(InputError) {
    guard let map = explanation.maps.first(where: { $0.verdict != .ok }), let meaning = map.verdict.explanation else {
      return
    }
    let target = map.target.label ?? "\(map.target.index)"
    throw InputError(
      "", "\(map.verdict.rawValue): \(meaning) (\(map.method.name), \(target), \(map.layer))",
      remedy: "without --strict it is drawn all the same")
  }

  private func warnings(_ map: ExplanationMap, _ source: ImageSource) -> [InputError] {
    guard let explanation = map.verdict.explanation else { return [] }
    let target = map.target.label ?? "\(map.target.index)"
    return [InputError("\(source.path)", "\(map.verdict.rawValue): \(explanation) (\(target), \(map.layer))")]
  }

  private func lines(_ explanation: Explanation, _ files: ExplanationFiles, milliseconds: Double) -> [String] {
    let best = explanation.prediction.ranking[0]
    let time = "\(milliseconds.fixed(milliseconds < 10 ? 1 : 0)) ms"
    return zip(explanation.maps, files.overlays).map { map, path in
      var line = "\(printable(path.description))  \(described(best))  \(time)"
      if map.target.index != best.index { line += "  explains \(described(map.target))" }
      if map.verdict != .ok { line += "  \(palette.caution("[\(map.verdict.rawValue)]"))" }
      return line
    }
  }

  /// `opacity 97.3 %`.
  private func described(_ entry: Prediction.Entry) -> String {
    let label = printable(entry.label ?? "class \(entry.index)")
    return entry.probability.isNaN ? "\(label) ? %" : "\(label) \((Double(entry.probability) * 100).fixed(1)) %"
  }
}

extension ImageSource {
  /// The image's file. A pipe or a terminal is waited for until the run is asked to stop.
  func read(_ stop: StopRequest) throws(InputError) -> FileBytes {
    let limit = 1 << 29
    func isReady(_ descriptor: Int32) -> Bool { stop.canRead(descriptor, waits: true) }
    if path.isDash { return try FileBytes(descriptor: STDIN_FILENO, limit: limit, isReady: isReady) }
    // A pipe that nobody writes to would be waited for while it is opened, where no signal can end the wait.
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw InputError("\(path)", "\(describe(errno))") }
    defer { close(descriptor) }
    _ = fcntl(descriptor, F_SETFL, O_RDONLY)
    do { return try FileBytes(descriptor: descriptor, limit: limit, isReady: isReady) } catch {
      throw error.about("\(path)")
    }
  }
}

extension ExplainOptions {
  /// Decodes an image as the options say.
  ///
  /// - Parameter leastSize: the least size that the model sees all of.
  func decode(
    _ file: FileBytes, leastSize: @escaping @Sendable (ImageSize) -> ImageSize
  ) throws(InputError) -> DecodedImage {
    var decoding = ImageDecoder.Options(applyOrientation: inputs.appliesOrientation)
    if let maxPixels = inputs.maxPixels { decoding.maxPixels = maxPixels }
    // The whole image is drawn on at its own size, so it is needed whole.
    if inputs.isDecodedFast && look.canvas == .input { decoding.leastSize = leastSize }
    return try ImageDecoder.decode(file, options: decoding)
  }
}
