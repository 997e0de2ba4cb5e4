import GradCAMCore
import ModelFormats

/// Makes the maps of one record after the other again.
final class RecordVerifier {
  private let options: Options
  private let digests: ModelDigests
  private let stop: StopRequest
  private let readRecipe: ([String]) throws(InputError) -> Options
  /// What the last record was made with: most files hold the records of one run.
  private var known: Again?

  /// The keys that maps are made again from. Others came with later versions.
  private static let needed: Set = [
    "model", "image_sha256", "options", "preprocess", "processor", "method", "layer", "target", "samples", "digest",
  ]

  /// - Parameter readRecipe: reads the options that a record keeps.
  init(
    _ options: Options, _ digests: ModelDigests, _ stop: StopRequest,
    _ readRecipe: @escaping ([String]) throws(InputError) -> Options
  ) {
    (self.options, self.digests, self.stop, self.readRecipe) = (options, digests, stop, readRecipe)
  }

  /// What was found of each of a record's maps, and a line that says so.
  func verify(_ line: RecordLines.Line, of file: String) -> [(Verification, String)] {
    let place = "\(file): line \(line.number)"
    func lacks(_ image: FilePath) -> [(Verification, String)] {
      let error = InputError(
        "\(place)", "the record lacks what verifying takes", remedy: "one of this version of gradcam")
      return [(.notVerified, "\(image): not verified: \(error)")]
    }
    switch try? Record(line: line.bytes) {
    case nil:
      // A record may be told by its head though its maps are damaged.
      let head = try? RecordHead(line: line.bytes)
      return head.map { lacks($0.image) } ?? [(.notVerified, "\(place): is no record")]
    case .failed(let failure): return [(.failedBefore, "\(failure.path): failed before")]
    case .explained(let record):
      guard record.has(Self.needed) else { return lacks(record.path) }
      do { return try verify(record) } catch {
        let reason = (error as? InputError) ?? InputError("", "\(error)")
        return [(.notVerified, "\(record.path): not verified: \(reason.withFlags)")]
      }
    }
  }

  private func verify(_ record: ExplanationRecord) throws -> [(Verification, String)] {
    let path = record.path
    guard !path.isDash else { throw InputError("", "the image came from standard input", remedy: "a file") }
    let file = try ImageSource(operand: path).read(stop)
    defer { withExtendedLifetime(file) {} }
    guard SHA256.digest(of: file.bytes) == record.imageDigest else {
      throw InputError("", "the image is not the one that was explained", remedy: "sha256 \(record.imageDigest)")
    }
    var results: [(Verification, String)] = []
    // A budget pays for other numbers of samples with other methods.
    let groups = Dictionary(grouping: record.maps, by: \.samples)
    for (samples, maps) in groups.sorted(by: { ($0.key ?? 0) < ($1.key ?? 0) }) {
      let again = try self.again(record, samples: samples)
      let decoded = try again.options.decode(file, leastSize: again.explainer.setup.preprocessor.leastSize)
      let explanation = try again.explainer.explain(decoded)
      results += Self.compare(maps, of: record, with: explanation, again.explainer.setup)
    }
    return results
  }

  private static func compare(
    _ maps: [MapRecord], of record: ExplanationRecord, with explanation: Explanation, _ setup: Explainer.Setup
  ) -> [(Verification, String)] {
    let path = record.path
    return maps.map { map in
      let subject = "\(path): \(map.method) \(map.layer) \(map.target.label ?? "\(map.target.index)")"
      let again = explanation.maps.first {
        $0.method.name == map.method && $0.layer == map.layer && $0.target.index == map.target.index
      }
      guard let again else { return (.differs, "\(subject): differs: the map is not made any more") }
      let isSameKind = record.processor == OpenBLAS.processor
      let (verification, text) = compare(
        again.heatmap, map.digest, isSameKind: isSameKind, within: MapBound(again, recorded: map, setup))
      // Verdicts have the rules of the version that gave them; records of this one's have the share.
      if verification == .same, isSameKind, map.positiveShare != nil, map.verdict != again.verdict.rawValue {
        return (.differs, "\(subject): differs: its verdict is \(again.verdict.rawValue), not \(map.verdict)")
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
    let (isWithin, distance, limit) = bound.compare(new, old)
    if isSameKind { return (.differs, "differs \(distance), on the same kind of processor") }
    guard isWithin else { return (.differs, "differs \(distance) (\(limit) on another kind of processor)") }
    return (.agrees, "agrees, \(distance), on another kind of processor (\(limit))")
  }

  // MARK: - What a record was made with

  private struct Again {
    let model: FilePath
    let words: [String]
    let samples: Int?
    let preprocess: String
    let options: Options
    let explainer: Explainer
  }

  private func again(_ record: ExplanationRecord, samples: Int?) throws -> Again {
    let model = options.weights ?? FilePath(record.model)
    guard try digests.digest(of: model) == record.modelDigest else {
      throw InputError(
        "\(model)", "is not the model that explained it", remedy: "sha256 \(record.modelDigest ?? "unknown"); --weights"
      )
    }
    if let known, known.model == model, known.words == record.options, known.samples == samples,
      known.preprocess == record.preprocess
    {
      return known
    }
    let recorded = try readRecipe(record.options)
    var maps = recorded.maps
    if maps.settings.budget != nil {
      // How many samples a budget pays for is chance; the record says how many it did.
      (maps.settings.budget, maps.settings.samples) = (nil, samples)
    }
    // Images are prepared as the record says: what a model file leaves open may mean something else by now.
    let loaded = try Model.load(model, try recorded.modelOverrides(), threads: 1).preparing(
      as: try Preprocessing(recorded: record.preprocess))
    let explainer = try Explainer(loaded, maps, threads: options.running.threads ?? 1)
    let again = Again(
      model: model, words: record.options, samples: samples, preprocess: record.preprocess, options: recorded,
      explainer: explainer)
    known = again
    return again
  }
}
