/// One map of an image.
struct MapRecord: Encodable, Sendable {
  var method: String
  var layer: String
  var target: TargetRecord
  @FiniteOrNull var score: Float?
  var activationShape: [Int]
  var mapShape: [Int]
  /// Of the unscaled map before any ReLU.
  @FiniteOrNull var mapMin: Float?
  @FiniteOrNull var mapMax: Float?
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
  /// The class whose score was taken away; present where one was.
  var against: String?
  /// Present where boxes or contours were asked for, in pixels of the canvas.
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
  /// See `MapDigest`.
  var digest: MapDigest
  /// The keys that a record which was read lacks.
  var missing: [String] = []

  private enum CodingKeys: String, CodingKey {
    case method, layer, target, score, verdict, border, entropy, seed, samples, against, threshold, boxes, contours
    case output, heatmap
    case digest
    case outputBase64 = "output_base64"
    case heatmapBase64 = "heatmap_base64"
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
    (seed, samples, against) = (fields[.seed], fields[.samples], fields[.against])
    (samplingError, completenessError) = (fields[.samplingError], fields[.completenessError])
    // Regions are drawn in the overlay: they are long, and nobody who reads records asks for them.
    (threshold, boxes, contours) = (fields[.threshold], nil, nil)
    (output, outputBase64) = (try fields.optional(.output), try fields.optional(.outputBase64))
    (heatmap, heatmapBase64) = (fields[.heatmap], fields[.heatmapBase64])
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
