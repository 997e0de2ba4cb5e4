import FoundationEssentials
import GradCAMCore
import ModelFormats
import Synchronization

/// Makes the maps of one record after the other again.
final class RecordVerifier {
  private let options: VerifyOptions
  private let digests: ModelDigests
  /// What the last record was made with: most files hold the records of one run.
  private var setup: Setup?

  /// How far a map may be from the recorded one on another kind of processor, as a share of its largest magnitude.
  private static let tolerance: Float = 1e-4

  private let stop: StopRequest

  init(_ options: VerifyOptions, _ digests: ModelDigests, _ stop: StopRequest) {
    (self.options, self.digests, self.stop) = (options, digests, stop)
  }

  /// What was found of each of a record's maps, and a line that says so.
  func verify(_ line: RecordLines.Line) -> [(Finding, String)] {
    guard let header = try? JSONDecoder().decode(RecordHeader.self, from: Data(line.bytes)) else {
      return [(.notVerified, "\(line.place): is no record")]
    }
    if header.error != nil { return [(.failedBefore, "\(header.path): failed before")] }
    do {
      let record = try Self.decode(line)
      return try verify(record)
    } catch {
      let reason = (error as? InputError) ?? InputError("", "\(error)")
      return [(.notVerified, "\(header.path): not verified: \(reason.withFlags)")]
    }
  }

  private static func decode(_ line: RecordLines.Line) throws(InputError) -> VerifiableRecord {
    do { return try JSONDecoder().decode(VerifiableRecord.self, from: Data(line.bytes)) } catch {
      throw InputError(
        "\(line.place)", "the record lacks what verifying takes", remedy: "one of this version of gradcam")
    }
  }

  private func verify(_ record: VerifiableRecord) throws -> [(Finding, String)] {
    let path = record.header.path
    guard !path.isDash else { throw InputError("", "the image came from standard input", remedy: "a file") }
    let file = try ImageSource(operand: path).read(stop)
    defer { withExtendedLifetime(file) {} }
    guard SHA256.digest(of: file.bytes) == record.imageDigest else {
      throw InputError("", "the image is not the one that was explained", remedy: "sha256 \(record.imageDigest)")
    }
    var findings: [(Finding, String)] = []
    // A budget pays for other numbers of samples with other methods.
    let groups = Dictionary(grouping: record.maps, by: \.samples)
    for (samples, maps) in groups.sorted(by: { ($0.key ?? 0) < ($1.key ?? 0) }) {
      let setup = try setup(for: record, samples: samples)
      let decoded = try setup.options.decode(file, leastSize: setup.explainer.preprocessor.leastSize)
      let explanation = try setup.explainer.explain(decoded.image, reducedBy: decoded.reduction)
      findings += Self.compare(maps, of: record, with: explanation)
    }
    return findings
  }

  private static func compare(
    _ maps: [VerifiableRecord.Map], of record: VerifiableRecord, with explanation: Explanation
  ) -> [(Finding, String)] {
    let path = record.header.path
    return maps.map { map in
      let subject = "\(path): \(map.method) \(map.layer) \(map.target.label ?? "\(map.target.index)")"
      let again = explanation.maps.first {
        $0.method.name == map.method && $0.layer == map.layer && $0.target.index == map.target.index
      }
      guard let again else { return (.differs, "\(subject): differs: the map is not made any more") }
      let (finding, text) = compare(again.heatmap, map.digest, isSameKind: record.processor == OpenBLAS.processor)
      return (finding, "\(subject): \(text)")
    }
  }

  /// Compares a map with what was recorded of it.
  static func compare(_ map: Heatmap, _ recorded: MapDigest, isSameKind: Bool) -> (Finding, String) {
    let digest = MapDigest(map)
    if digest.sha256 == recorded.sha256 { return (.same, "same") }
    guard let new = digest.values, let old = recorded.values, digest.gridShape == recorded.gridShape else {
      return (.differs, "differs: another shape")
    }
    let largest = old.reduce(0) { max($0, abs($1)) }
    let worst = zip(new, old).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    let share = largest > 0 ? worst / largest : worst
    let isClose = share <= tolerance
    let text = "by \(share) of its largest magnitude"
    if isSameKind { return (.differs, "differs \(text), on the same kind of processor") }
    return isClose ? (.agrees, "agrees, \(text), on another kind of processor") : (.differs, "differs \(text)")
  }

  // MARK: - What a record was made with

  private struct Setup {
    let model: FilePath
    let words: [String]
    let samples: Int?
    let options: ExplainOptions
    let explainer: Explainer
  }

  private func setup(for record: VerifiableRecord, samples: Int?) throws -> Setup {
    let model = options.weights ?? FilePath(record.model)
    guard try digests.digest(of: model) == record.modelDigest else {
      throw InputError(
        "\(model)", "is not the model that explained it", remedy: "sha256 \(record.modelDigest ?? "unknown"); --weights"
      )
    }
    if let setup, setup.model == model, setup.words == record.options, setup.samples == samples { return setup }
    let line = ["explain", "--weights=\(model)"] + record.options + ["--", "\(record.header.path)"]
    guard case .explain(let explaining) = try ArgumentParser.parse(line.map { Array($0.utf8) }) else {
      throw InputError("", "its options are none of explain's")
    }
    var maps = try explaining.maps.explaining()
    if maps.settings.budget != nil {
      // How many samples a budget pays for is chance; the record says how many it did.
      (maps.settings.budget, maps.settings.samples) = (nil, samples)
    }
    let loaded = try Model.load(model, try explaining.model.overrides(), threads: 1)
    maps.layers = try loaded.layers(explaining.maps.layers)
    let engine = Engine(rawValue: explaining.running.engine.rawValue) ?? .auto
    let explainer = try Explainer(loaded, maps, threads: options.running.threads ?? 1, engine: engine)
    let new = Setup(
      model: model, words: record.options, samples: samples, options: explaining, explainer: explainer)
    setup = new
    return new
  }
}

/// A record as far as its maps can be made again from it.
private struct VerifiableRecord: Decodable {
  struct Map: Decodable {
    struct Target: Decodable {
      let index: Int
      let label: String?
    }
    let method: String
    let layer: String
    let target: Target
    let samples: Int?
    let digest: MapDigest
  }

  let header: RecordHeader
  let model: String
  let modelDigest: String?
  let imageDigest: String
  let options: [String]
  let processor: String
  let maps: [Map]

  private enum CodingKeys: String, CodingKey {
    case model, options, processor, maps
    case modelDigest = "model_sha256"
    case imageDigest = "image_sha256"
  }

  init(from decoder: any Decoder) throws {
    header = try RecordHeader(from: decoder)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    model = try values.decode(String.self, forKey: .model)
    modelDigest = try values.decodeIfPresent(String.self, forKey: .modelDigest)
    imageDigest = try values.decode(String.self, forKey: .imageDigest)
    options = try values.decode([String].self, forKey: .options)
    processor = try values.decode(String.self, forKey: .processor)
    maps = try values.decode([Map].self, forKey: .maps)
  }
}
