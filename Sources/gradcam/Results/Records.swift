import FoundationEssentials
import GradCAMCore
import ModelFormats

/// What is printed for an image under `--json` and `--jsonl`. Scripts depend on the keys.
enum Record: Encodable, Sendable {
  case explained(ExplanationRecord)
  case failed(FailureRecord)

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .explained(let record): try record.encode(to: encoder)
    case .failed(let record): try record.encode(to: encoder)
    }
  }

  /// One line of JSON, keys sorted, so that equal records are equal bytes.
  func json() throws(InputError) -> String { try encodedJSON(self) }
}

/// An image that was explained.
struct ExplanationRecord: Encodable, Sendable {
  var image: String
  /// Present where the path is not UTF-8.
  var imageBase64: String?
  /// Of the image as shown: after its orientation was applied.
  var width: Int
  var height: Int
  /// The rectangle that the model saw: x, y, width and height in pixels of the image, whole or not. It reaches beyond the
  /// image where the model's input was padded.
  var seen: [Float]
  /// The model file's path.
  var model: String
  /// Best first, five at most.
  var prediction: [PredictionRecord]
  var maps: [MapRecord]
  var milliseconds: Float
  /// Of the image's file.
  var imageDigest: String
  /// The file's size, and when it was last changed, in seconds since 1970; absent for standard input.
  var imageBytes: Int?
  var imageModified: Double?
  /// What is wrong with an image that could be read all the same; absent where nothing is.
  var warning: String?
  // See `Provenance`.
  @OrNull var modelDigest: String?
  var version: String
  var preprocess: String
  var processor: String
  var options: [String]
  @OrNull var recipe: String?

  init(
    image: FilePath, geometry: CropGeometry, model: FilePath, prediction: [PredictionRecord], maps: [MapRecord],
    milliseconds: Float, imageDigest: String, provenance: Provenance
  ) {
    (self.image, imageBase64) = image.recorded
    (width, height) = (geometry.imageWidth, geometry.imageHeight)
    seen = [geometry.x, geometry.y, geometry.width, geometry.height].map(Float.init)
    self.model = model.description
    self.imageDigest = imageDigest
    (version, modelDigest, preprocess) = (provenance.version, provenance.modelDigest, provenance.preprocess)
    (processor, options, recipe) = (provenance.processor, provenance.words, provenance.recipe)
    self.prediction = prediction
    self.maps = maps
    self.milliseconds = milliseconds
  }

  enum CodingKeys: String, CodingKey {
    case image, width, height, seen, model, prediction, maps, milliseconds
    case version, preprocess, processor, options, recipe, warning
    case imageBytes = "image_bytes"
    case imageModified = "image_modified"
    case imageBase64 = "image_base64"
    case imageDigest = "image_sha256"
    case modelDigest = "model_sha256"
  }
}

/// An image that could not be explained.
struct FailureRecord: Encodable, Sendable {
  var image: String
  var imageBase64: String?
  var error: String
  var kind: FailureKind

  init(image: FilePath, error: InputError, kind: FailureKind) {
    self.kind = kind
    (self.image, imageBase64) = image.recorded
    // The image is named already; an output that failed is not.
    let subject = error.subject == "\(image)" ? "" : error.subject
    self.error = InputError(subject, error.problem, remedy: error.remedy).withFlags
  }

  enum CodingKeys: String, CodingKey {
    case image, error, kind
    case imageBase64 = "image_base64"
  }
}

/// A class and how sure the model is of it.
struct PredictionRecord: Encodable, Sendable {
  var index: Int
  @OrNull var label: String?
  @FiniteOrNull var logit: Float?
  /// Null where the model ends in neither a softmax nor a sigmoid and has several labels.
  @FiniteOrNull var probability: Float?
}

/// The class that a map explains.
struct TargetRecord: Encodable, Sendable {
  var index: Int
  @OrNull var label: String?
}

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
  /// The overlay's path.
  @OrNull var output: String?
  /// Present where the path is not UTF-8.
  var outputBase64: String?
  @OrNull var heatmap: String?
  var heatmapBase64: String?
  /// See `MapDigest`.
  var digest: MapDigest

  enum CodingKeys: String, CodingKey {
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

/// A region's box, and the map's greatest value inside.
struct BoxRecord: Encodable, Sendable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int
  @FiniteOrNull var peak: Float?
}

/// A value whose key is always there: null stands for its absence.
@propertyWrapper
struct OrNull<Value: Encodable & Sendable>: Encodable, Sendable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}

/// A number whose key is always there. JSON has no infinity and no NaN: they are null.
@propertyWrapper
struct FiniteOrNull: Encodable, Sendable {
  var wrappedValue: Float?

  init(wrappedValue: Float?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let number = wrappedValue, number.isFinite { try container.encode(number) } else { try container.encodeNil() }
  }
}

extension FilePath {
  /// The path for people, and its bytes where that loses some.
  var recorded: (String, String?) {
    (description, isUTF8 ? nil : Data(bytes).base64EncodedString())
  }
}
