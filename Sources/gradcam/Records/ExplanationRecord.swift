import GradCAMCore
import ModelFormats

/// An image that was explained.
struct ExplanationRecord: Encodable, Sendable {
  /// The image's path, to the byte.
  let path: FilePath
  var image: String
  /// Present where the path is not UTF-8.
  var imageBase64: String?
  /// Of the image as shown: after its orientation was applied.
  var width: Int
  var height: Int
  /// The rectangle that the model saw: x, y, width and height in pixels of the image, whole or not. It reaches beyond the
  /// image where the model's input was padded.
  var seen: [Float]
  /// What overlays are drawn on: `input` or `original`; records of earlier versions lack it.
  var canvas: String?
  /// The model file's path.
  var model: String
  /// Best first, five at most.
  var prediction: [PredictionRecord]
  /// What made the probabilities, `softmax`, `sigmoid` or `none`, and how that is known: see `ScoreActivation`. Absent from older
  /// records.
  var activation: String?
  var activationSource: String?
  /// `straight-through` where the model rounds values to those of a narrow type; absent otherwise.
  var gradients: String?
  var maps: [MapRecord]
  var milliseconds: Float
  /// Of the image's file.
  var imageDigest: String
  /// The file's size, and when it was last changed, in seconds since 1970; absent for standard input.
  var imageBytes: Int?
  var imageModified: Double?
  /// What is wrong or doubtful about an image that could be read all the same; absent where nothing is.
  var warning: String?
  /// True where pixels were made up for data that are missing or make no sense; absent otherwise.
  var damaged: Bool?
  /// Of `diff`: what the new model says of the image.
  var diff: DiffRecord?
  // See `Provenance`.
  @OrNull var modelDigest: String?
  var modelDataDigest: String?
  var version: String
  var preprocess: String
  var processor: String
  var options: [String]
  var assumed: [String]
  @OrNull var recipe: String?
  /// The keys that a record which was read lacks, its maps' among them.
  var missing: [String] = []
  /// Of a record that was read: the part of the image that the overlays show; nil where that is all of it, or not known.
  var shownPart: CropGeometry?

  /// What may stand in its JSON.
  static let keys = Set(CodingKeys.allCases.map(\.rawValue))

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case image, width, height, seen, canvas, model, prediction, maps, milliseconds
    case version, preprocess, processor, options, assumed, recipe, warning, damaged
    case activation, gradients, diff
    case activationSource = "activation_source"
    case imageBytes = "image_bytes"
    case imageModified = "image_modified"
    case imageBase64 = "image_base64"
    case imageDigest = "image_sha256"
    case modelDigest = "model_sha256"
    case modelDataDigest = "model_data_sha256"
  }

  init(
    image path: FilePath, geometry: CropGeometry, prediction: [PredictionRecord], maps: [MapRecord],
    milliseconds: Float, imageDigest: String, provenance: Provenance
  ) {
    self.path = path
    (image, imageBase64) = path.recorded
    (width, height) = (geometry.imageWidth, geometry.imageHeight)
    seen = [geometry.x, geometry.y, geometry.width, geometry.height].map(Float.init)
    model = provenance.model.description
    self.imageDigest = imageDigest
    modelDataDigest = provenance.modelDataDigest
    (version, modelDigest, preprocess) = (provenance.version, provenance.modelDigest, provenance.preprocess)
    (processor, options, recipe) = (provenance.processor, provenance.words, provenance.recipe)
    assumed = provenance.assumed
    self.prediction = prediction
    self.maps = maps
    self.milliseconds = milliseconds
  }

  /// Keeps what is doubtful about the image.
  mutating func tell(_ doubts: [InputError], isDamaged: Bool) {
    warning = doubts.isEmpty ? nil : doubts.map(\.withFlags).joined(separator: "; ")
    damaged = isDamaged ? true : nil
  }

  /// The model as it was recorded; nil where it was not.
  var modelName: String? { model.isEmpty ? nil : model }

  /// By map, its overlay; nil where it went to standard output.
  var overlays: [FilePath?] { maps.map { map in map.output.map { FilePath(recorded: $0, map.outputBase64) } } }

  /// Whether a record that was read has all of these keys, and its maps theirs.
  func has(_ keys: Set<String>) -> Bool { keys.isDisjoint(with: missing) }

  /// Whether it compares maps of two models, as `diff` does, which are written nowhere.
  var isComparison: Bool { diff != nil }

  /// Whether its maps were measured, as `evaluate` does, and written nowhere.
  var isEvaluation: Bool { maps.contains { $0.metrics != nil } }

  /// The files that the record names.
  var outputs: [FilePath] { maps.flatMap { $0.files.map(\.path) } }
}

extension ExplanationRecord {
  /// - Throws: an error of the decoder where there are no maps.
  init(_ head: RecordHead, _ decoder: any Decoder) throws {
    let fields = RecordFields(try decoder.container(keyedBy: CodingKeys.self))
    path = head.image
    (image, imageBase64) = path.recorded
    maps = try fields.required(.maps)
    model = head.model ?? fields[.model, or: ""]
    (width, height) = (fields[.width, or: 0], fields[.height, or: 0])
    let seen: [Double] = fields[.seen, or: []]
    self.seen = seen.map(Float.init)
    canvas = fields[.canvas]
    (prediction, milliseconds) = (fields[.prediction] ?? [], fields[.milliseconds, or: 0])
    imageDigest = fields[.imageDigest, or: ""]
    (imageBytes, imageModified, warning) = (fields[.imageBytes], fields[.imageModified], fields[.warning])
    damaged = fields[.damaged]
    (version, preprocess) = (fields[.version, or: ""], fields[.preprocess, or: ""])
    (processor, options) = (fields[.processor, or: ""], fields[.options, or: []])
    assumed = []
    (modelDigest, recipe) = (fields[.modelDigest], head.recipe)
    modelDataDigest = fields[.modelDataDigest]
    (activation, activationSource) = (fields[.activation], fields[.activationSource])
    (gradients, diff) = (fields[.gradients], fields[.diff])
    missing = fields.missing + maps.flatMap(\.missing)
    shownPart = options.contains("--canvas=original") ? nil : CropGeometry(seen, of: (width, height))
  }
}

/// A class and how sure the model is of it.
struct PredictionRecord: Codable, Sendable {
  var index: Int
  @OrNull var label: String?
  @FiniteOrNull var logit: Float?
  /// Null where nothing makes probabilities of the model's scores.
  @FiniteOrNull var probability: Float?
}

extension CropGeometry {
  /// A recorded rectangle of an image; nil where it makes no sense, shows nothing of the image, or all of it. It only decides how a
  /// picture is cut.
  fileprivate init?(_ seen: [Double], of size: (width: Int, height: Int)) {
    guard seen.count == 4, seen.allSatisfy({ abs($0) < 1e9 }) else { return nil }
    self.init(
      imageWidth: size.width, imageHeight: size.height, x: seen[0], y: seen[1], width: seen[2], height: seen[3])
    let (right, bottom) = (Double(size.width), Double(size.height))
    let isWhole = x == 0 && y == 0 && width == right && height == bottom
    let visible = (min(x + width, right) - max(x, 0), min(y + height, bottom) - max(y, 0))
    // Far below any network's pixels, and far above what rounding could make nothing of.
    guard !isWhole, min(visible.0, visible.1) > 1e-4 else { return nil }
  }
}
