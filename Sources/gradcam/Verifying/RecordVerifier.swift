import GradCAMCore
import ModelFormats

/// Makes the maps of one record after the other again.
final class RecordVerifier {
  private let options: Options
  private let digests: ModelDigests
  private let stop: StopRequest
  private let readRecipe: ([String]) throws(InputError) -> Options
  private let budget: MemoryBudget
  /// What the last record was made with: most files hold the records of one run.
  private var known: RecordedRun?
  /// What makes its maps again, by their number of samples where that is chance.
  private var makers: [Int?: Maker] = [:]

  /// The keys that maps are made again from. Others came with later versions.
  private static let needed: Set = [
    "model", "image_sha256", "options", "preprocess", "processor", "method", "layer", "target", "samples", "digest",
  ]

  /// - Parameters:
  ///   - budget: the memory that all verifiers share.
  ///   - readRecipe: reads the options that a record keeps.
  init(
    _ options: Options, _ digests: ModelDigests, _ budget: MemoryBudget, _ stop: StopRequest,
    _ readRecipe: @escaping ([String]) throws(InputError) -> Options
  ) {
    (self.options, self.digests, self.stop, self.readRecipe) = (options, digests, stop, readRecipe)
    self.budget = budget
  }

  /// What was found in a line.
  struct Finding {
    /// Whether the line is a record, or would be one if its numbers and texts were better.
    var isRecord = true
    /// Of each of the record's maps, and a line that says so.
    var results: [(Verification, String)]
  }

  func verify(_ line: RecordLines.Line, of file: String) -> Finding {
    let place = "\(file): line \(line.number)"
    let record: Record
    do throws(InputError) {
      if let fault = line.fault { throw fault }
      record = try Record(line: line.bytes)
    } catch {
      // A record may be told by its head though its maps are damaged.
      if let head = try? RecordHead(line: line.bytes) { return lacking(head.image, at: place) }
      return Finding(isRecord: error != RecordScan.noRecord, results: [(.notVerified, "\(place): \(error)")])
    }
    switch record {
    case .failed(let failure): return Finding(results: [(.failedBefore, "\(shown(failure.path)): failed before")])
    case .explained(let record):
      guard record.has(Self.needed), !record.maps.isEmpty else { return lacking(record.path, at: place) }
      guard !record.isEvaluation, !record.isComparison else {
        return Finding(results: [(.notVerified, Self.measured(record))])
      }
      do { return Finding(results: try verify(record)) } catch {
        let reason = (error as? InputError) ?? InputError("", "\(error)")
        return Finding(results: [(.notVerified, "\(shown(record.path)): not verified: \(reason.withFlags)")])
      }
    }
  }

  /// What is said of a record of `evaluate` or `diff`, whose options are not those of `explain`.
  private static func measured(_ record: ExplanationRecord) -> String {
    let maker = record.isComparison ? "diff compared" : "evaluate measured"
    return "\(shown(record.path)): not verified: gradcam \(maker) its maps; verify makes those of gradcam explain again"
  }

  private func lacking(_ image: FilePath, at place: String) -> Finding {
    let error = InputError(
      "\(place)", "the record lacks what verifying takes", remedy: "one of this version of gradcam")
    return Finding(results: [(.notVerified, "\(shown(image)): not verified: \(error)")])
  }

  private func verify(_ record: ExplanationRecord) throws -> [(Verification, String)] {
    let path = record.path
    guard !path.isDash else { throw InputError("", "the image came from standard input", remedy: "a file") }
    let another = InputError(
      "", "the image is not the one that was explained", remedy: "sha256 \(record.imageDigest.printable)")
    let stamp = try RecordedFile.check(path)
    if let bytes = record.imageBytes, bytes != stamp.bytes { throw another }
    let file = try ImageSource(operand: path).read(stop)
    defer { withExtendedLifetime(file) {} }
    guard SHA256.digest(of: file.bytes) == record.imageDigest else { throw another }
    let run = try run(of: record)
    var results: [(Verification, String)] = []
    // A budget pays for other numbers of samples with other methods.
    let isBudgeted = run.options.maps.settings.budget != nil
    let groups = Dictionary(grouping: record.maps) { isBudgeted ? $0.samples : nil }
    for (samples, maps) in groups.sorted(by: { ($0.key ?? 0) < ($1.key ?? 0) }) {
      let setup = try run.setup(for: maps, of: record)
      // With a budget, what is asked for is another thing with every image.
      let again = try (isBudgeted ? nil : makers[samples]) ?? maker(setup, run)
      if !isBudgeted { makers[samples] = again }
      let claim = again.memory.claim()
      defer { claim.release() }
      let decoded = try run.options.decode(file, leastSize: setup.preprocessor.leastSize) {
        [memory = again.memory] (extent) throws(InputError) in
        try memory.take(extent, claim, isFirst: !memory.isModelReady)
      }
      let explanation = try again.explainer.explain(decoded)
      again.memory.isModelReady = true
      try file.requireUnchanged()
      results += Self.compare(maps, of: record, with: explanation, setup)
    }
    return results
  }

  /// What tells a map of an explanation from its others.
  private struct MapKey: Hashable {
    let method: String
    let layer: String
    let target: Int
  }

  private static func compare(
    _ maps: [MapRecord], of record: ExplanationRecord, with explanation: Explanation, _ setup: Explainer.Setup
  ) -> [(Verification, String)] {
    let found = Dictionary(
      explanation.maps.map { (MapKey(method: $0.method.name, layer: $0.layer, target: $0.target.index), $0) },
      uniquingKeysWith: { first, _ in first })
    let isSameKind = record.processor == OpenBLAS.processor
    return maps.map { map in
      let label = map.target.label ?? "\(map.target.index)"
      let subject = "\(shown(record.path)): \(map.method.printable) \(map.layer.printable) \(label.printable)"
      guard let again = found[MapKey(method: map.method, layer: map.layer, target: map.target.index)] else {
        return (.differs, "\(subject): differs: the map is not made any more")
      }
      let (verification, text) = compare(
        again.heatmap, map.digest, isSameKind: isSameKind, within: MapBound(again, recorded: map, setup))
      // Verdicts have the rules of the version that gave them; records of this one's have the share.
      if verification == .same, isSameKind, map.positiveShare != nil, map.verdict != again.verdict.rawValue {
        let verdicts = "its verdict is \(again.verdict.rawValue), not \(map.verdict.printable)"
        return (.differs, "\(subject): differs: \(verdicts)")
      }
      return (verification, "\(subject): \(text)")
    }
  }

  /// Compares a map with what was recorded of it.
  static func compare(
    _ map: Heatmap, _ recorded: MapDigest, isSameKind: Bool, within bound: MapBound = MapBound()
  ) -> (Verification, String) {
    let digest = MapDigest(map)
    if digest.sha256 == recorded.sha256 { return (.same, "same") }
    guard let new = digest.values, let old = recorded.values, digest.gridShape == recorded.gridShape else {
      return (.differs, "differs: another shape")
    }
    // NaN is near nothing, and `max` passes over it; what is infinite makes any distance small beside it.
    guard old.allSatisfy(\.isFinite), new.allSatisfy(\.isFinite) else {
      return (.differs, "differs: not all of its numbers are finite")
    }
    let (isWithin, distance, limit) = bound.compare(new, old)
    if isSameKind { return (.differs, "differs \(distance), on the same kind of processor") }
    guard isWithin else { return (.differs, "differs \(distance) (\(limit) on another kind of processor)") }
    return (.agrees, "agrees, \(distance), on another kind of processor (\(limit))")
  }

  // MARK: - What a record was made with

  /// What makes maps again, and what that takes.
  private struct Maker {
    let explainer: Explainer
    let memory: ImageMemory
  }

  private func maker(_ setup: Explainer.Setup, _ run: RecordedRun) throws(InputError) -> Maker {
    let (_, needs) = try WorkShare(jobs: 1, threads: 1).fitting(setup, run.path, in: .now())
    return Maker(
      explainer: Explainer(setup, threads: options.running.threads ?? 1),
      memory: ImageMemory(needs, setup, budget: budget))
  }

  /// What a record was made with; the last one's, where that is the same.
  private func run(of record: ExplanationRecord) throws -> RecordedRun {
    let model = options.weights ?? FilePath(record.model)
    let digest = try digests.digest(of: model)
    guard digest.sha256 == record.modelDigest else {
      let recorded = record.modelDigest?.printable ?? "unknown"
      throw InputError("\(model)", "is not the model that explained it", remedy: "sha256 \(recorded); --weights")
    }
    if let known, known.made(record, model: model) { return known }
    let run = try RecordedRun(record, model: model, digest, readRecipe)
    (known, makers) = (run, [:])
    return run
  }
}

/// A path as a line shows it.
private func shown(_ path: FilePath) -> String { path.description.shortened() }
