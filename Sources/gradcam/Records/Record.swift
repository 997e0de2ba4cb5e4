import FoundationEssentials
import GradCAMCore
import ModelFormats

/// What is printed and kept of an image. Scripts depend on the keys.
///
/// The line, the JSON and the CSV of an image are made from it, and `--resume`, `verify` and `report` read it back. Reading is
/// lenient: a record is an image with its maps and their overlays' names, or with the reason why there are none. Whatever else is missing
/// or of another type is told by `missing`.
enum Record: Codable, Sendable {
  case explained(ExplanationRecord)
  case failed(FailureRecord)

  init(from decoder: any Decoder) throws {
    let head = try RecordHead(from: decoder)
    self = head.error == nil ? .explained(try ExplanationRecord(head, decoder)) : .failed(FailureRecord(head))
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .explained(let record): try record.encode(to: encoder)
    case .failed(let record): try record.encode(to: encoder)
    }
  }

  /// Reads a line.
  ///
  /// - Throws: an error of the decoder where it is no record.
  init(line: [UInt8]) throws { self = try JSONDecoder().decode(Record.self, from: Data(line)) }

  /// One line of JSON, keys sorted, so that equal records are equal bytes.
  func json() throws(InputError) -> String { try encodedJSON(self) }
}

/// What tells whose a record is: its first keys, which are cheap to read by themselves.
struct RecordHead: Decodable {
  let image: FilePath
  /// Why the image could not be explained; nil where it was.
  let error: String?
  /// The model's path; a failed record may lack it.
  let model: String?
  /// See `Provenance`.
  let recipe: String?

  private enum CodingKeys: String, CodingKey {
    case image, error, model, recipe
    case imageBase64 = "image_base64"
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    image = FilePath(
      recorded: try fields.decode(String.self, forKey: .image),
      try fields.decodeIfPresent(String.self, forKey: .imageBase64))
    error = try fields.decodeIfPresent(String.self, forKey: .error)
    model = try fields.decodeIfPresent(String.self, forKey: .model)
    recipe = try? fields.decodeIfPresent(String.self, forKey: .recipe)
  }

  /// - Throws: an error of the decoder where the line is no record.
  init(line: [UInt8]) throws { self = try JSONDecoder().decode(RecordHead.self, from: Data(line)) }
}

/// An image that could not be explained.
struct FailureRecord: Encodable, Sendable {
  let path: FilePath
  var image: String
  var imageBase64: String?
  /// As recorded; see `RecordHead`.
  var model: String?
  var error: String
  var kind: FailureKind?

  init(image path: FilePath, error: InputError, kind: FailureKind) {
    (self.path, self.kind) = (path, kind)
    (image, imageBase64) = path.recorded
    // The image is named already; an output that failed is not.
    let subject = error.subject == "\(path)" ? "" : error.subject
    self.error = InputError(subject, error.problem, remedy: error.remedy).withFlags
  }

  init(_ head: RecordHead) {
    (path, model, error) = (head.image, head.model, head.error ?? "")
    (image, imageBase64) = head.image.recorded
  }

  private enum CodingKeys: String, CodingKey {
    case image, model, error, kind
    case imageBase64 = "image_base64"
  }
}

/// Why an image could not be explained, for the count at the end of a run and for scripts.
enum FailureKind: String, CaseIterable, Encodable, Sendable {
  /// Its file cannot be opened or read.
  case unreadable
  /// Its content is no picture of a kind that is read.
  case noImage = "no-image"
  /// It cannot be decoded: damaged or too large.
  case damaged
  /// It takes more memory than can be had.
  case noMemory = "no-memory"
  case notExplained = "not-explained"
  /// An output cannot be written.
  case notWritten = "not-written"
  /// With `--strict`: a map is worth nothing.
  case verdict
  /// Its output is another image's.
  case collision
}
