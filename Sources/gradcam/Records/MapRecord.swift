import GradCAMCore
import ModelFormats

/// One map of an image.
struct MapRecord: Encodable, Sendable {
  var method: String
  var layer: String
  var target: TargetRecord
  /// Which side of the target is explained: see `MapQuestion.Mode`.
  var mode = MapQuestion.Mode.evidenceFor.rawValue
  /// The class whose score was taken away; present where the mode is `rather than`.
  var against: TargetRecord?
  /// Present, and true, where the method knows no class: the map is the same for every target and mode.
  var classAgnostic: Bool?
  @FiniteOrNull var score: Float?
  var activationShape: [Int]
  var mapShape: [Int]
  /// Of the unscaled map before any ReLU.
  @FiniteOrNull var mapMin: Float?
  @FiniteOrNull var mapMax: Float?
  /// The strongest evidence for what is explained as a share of the strongest of either sign: see `ExplanationMap`.
  @FiniteOrNull var positiveShare: Float? = nil
  var verdict: String
  @FiniteOrNull var border: Float?
  @FiniteOrNull var entropy: Float?
  /// Present where randomness was used.
  var seed: UInt64?
  /// Present where samples were drawn: how many, and the standard error that they leave, as a share of the map's largest magnitude.
  var samples: Int?
  var samplingError: Float?
  /// Present for integrated gradients: how far their sum is from the difference of scores, as a share of it.
  var completenessError: Float?
  /// Present, and true, where the map shows evidence of both signs.
  var signed: Bool?
  /// What 1 stands for, in the units of `map_max`; present where one scale was asked for.
  var scale: Float?
  /// Present where pictures of the map are clipped: the percentile, and the magnitude of the drawn map, 0…1, that lies there.
  var clip: Double?
  var clipValue: Float?
  /// Present where boxes or contours were asked for, in pixels of the whole image as its width and height count them.
  var threshold: Double?
  var boxes: [BoxRecord]?
  /// Closed outlines; a region has one, and one more for each of its holes.
  var contours: [[[Int]]]?
  /// The overlay's path; null where it went to standard output.
  @OrNull var output: String?
  /// Present where the path is not UTF-8.
  var outputBase64: String?
  @OrNull var heatmap: String?
  var heatmapBase64: String?
  /// The file of `--dump`; present where there is one.
  var dump: String?
  var dumpBase64: String?
  /// The lengths and the SHA-256 of the three files; absent where there is none, and from older records.
  var outputBytes: Int?
  var outputDigest: String?
  var heatmapBytes: Int?
  var heatmapDigest: String?
  var dumpBytes: Int?
  var dumpDigest: String?
  /// Of `evaluate`: what was measured, by metric, null where it is not defined; and the share of the model's input that the class's marks
  /// cover, where somebody marked it.
  var metrics: [String: Double?]?
  var truthShare: Double?
  /// Of `diff`: the new model's map.
  var diff: MapDiffRecord?
  /// Of `evaluate`: what metrics are areas of, by metric.
  var curves: [String: CurveRecord]?
  /// See `MapDigest`.
  var digest: MapDigest
  /// For the line that is printed: what the map took by itself.
  var milliseconds: Float?
  /// The keys that a record which was read lacks.
  var missing: [String] = []

  private enum CodingKeys: String, CodingKey {
    case method, layer, target, score, verdict, border, entropy, seed, samples, against, threshold, boxes, contours
    case output, heatmap, dump, mode, signed, scale, clip
    case digest, metrics, diff, curves
    case truthShare = "truth_share"
    case classAgnostic = "class_agnostic"
    case positiveShare = "positive_share"
    case outputBase64 = "output_base64"
    case heatmapBase64 = "heatmap_base64"
    case dumpBase64 = "dump_base64"
    case outputBytes = "output_bytes"
    case outputDigest = "output_sha256"
    case heatmapBytes = "heatmap_bytes"
    case heatmapDigest = "heatmap_sha256"
    case dumpBytes = "dump_bytes"
    case dumpDigest = "dump_sha256"
    case clipValue = "clip_value"
    case samplingError = "sampling_error"
    case completenessError = "completeness_error"
    case activationShape = "activation_shape"
    case mapShape = "map_shape"
    case mapMin = "map_min"
    case mapMax = "map_max"
  }
}

extension MapRecord: Decodable {
  init(from decoder: any Decoder) throws {
    let fields = RecordFields(try decoder.container(keyedBy: CodingKeys.self))
    (method, layer) = (fields[.method, or: ""], fields[.layer, or: ""])
    target = fields[.target, or: TargetRecord(index: -1)]
    (activationShape, mapShape) = (fields[.activationShape, or: []], fields[.mapShape, or: []])
    (score, mapMin, mapMax) = (fields[.score], fields[.mapMin], fields[.mapMax])
    verdict = fields[.verdict, or: ""]
    (border, entropy) = (fields[.border], fields[.entropy])
    (mode, against, scale) = (fields[.mode] ?? mode, fields[.against], fields[.scale])
    (signed, classAgnostic) = (fields[.signed], fields[.classAgnostic])
    (positiveShare, seed, samples) = (fields[.positiveShare], fields[.seed], fields[.samples])
    (samplingError, completenessError) = (fields[.samplingError], fields[.completenessError])
    (clip, clipValue) = (fields[.clip], fields[.clipValue])
    // Regions are drawn in the overlay: they are long, and nobody who reads records asks for them.
    (threshold, boxes, contours) = (fields[.threshold], nil, nil)
    (output, outputBase64) = (try fields.optional(.output), try fields.optional(.outputBase64))
    (heatmap, heatmapBase64) = (fields[.heatmap], fields[.heatmapBase64])
    (dump, dumpBase64) = (fields[.dump], fields[.dumpBase64])
    (outputBytes, outputDigest) = (fields[.outputBytes], fields[.outputDigest])
    (heatmapBytes, heatmapDigest) = (fields[.heatmapBytes], fields[.heatmapDigest])
    (dumpBytes, dumpDigest) = (fields[.dumpBytes], fields[.dumpDigest])
    (metrics, truthShare, diff) = (fields[.metrics], fields[.truthShare], fields[.diff])
    curves = fields[.curves]
    digest = fields[.digest, or: .unknown]
    missing = fields.missing
  }
}

/// The class that a map explains.
struct TargetRecord: Codable, Sendable {
  var index: Int
  @OrNull var label: String?
  /// For the line that is printed; the JSON has those of the best classes alone.
  var probability: Float?
  var logit: Float?

  /// The label, or the number of a class that has none.
  var name: String { label ?? "class \(index)" }

  private enum CodingKeys: String, CodingKey {
    case index, label
  }
}

/// A region's box, and the map's greatest value inside.
struct BoxRecord: Encodable, Sendable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int
  @FiniteOrNull var peak: Float?
}
