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
  /// - Throws: `InputError` without a subject: why it is no record.
  init(line: [UInt8]) throws(InputError) { self = try decodedLine(line) }

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
    // Beside it a name stands in base 64, whose zero bytes no text shows.
    guard !image.bytes.contains(0) else {
      throw InputError("", "is no record: its image has a name with a zero byte, which no file's has")
    }
    error = try fields.decodeIfPresent(String.self, forKey: .error)
    model = try fields.decodeIfPresent(String.self, forKey: .model)
    recipe = try? fields.decodeIfPresent(String.self, forKey: .recipe)
  }

  /// - Throws: as `Record` does.
  init(line: [UInt8]) throws(InputError) { self = try decodedLine(line) }
}

/// What a line of records holds, after `RecordScan` has found it sound.
func decodedLine<Value: Decodable>(_ line: [UInt8]) throws(InputError) -> Value {
  // Editors of some systems begin a file with a mark of its encoding.
  let text = line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line[...]
  try RecordScan.check(text)
  do { return try JSONDecoder().decode(Value.self, from: Data(text)) } catch {
    throw (error as? InputError) ?? RecordScan.noRecord
  }
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

  /// What may stand in its JSON.
  static let keys = Set(CodingKeys.allCases.map(\.rawValue))

  private enum CodingKeys: String, CodingKey, CaseIterable {
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
  /// The model or an option does not fit it.
  case notExplained = "not-explained"
  /// An output cannot be written.
  case notWritten = "not-written"
  /// With `--strict`: a map is worth nothing.
  case verdict
  /// Its output is another image's.
  case collision
}
