import FoundationEssentials
import ModelFormats

/// What has to be known of a record before it comes onto the page.
struct RecordHead: Decodable {
  let image: FilePath
  /// Why the image could not be explained; nil where it was.
  let error: String?
  /// The model's path as recorded; a failed record may lack it.
  let model: String?
  /// By map, its overlay; nil where it went to standard output.
  let overlays: [FilePath?]

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    image = try FilePath(recorded: .image, .imageBase64, of: fields)
    error = try fields.decodeIfPresent(String.self, forKey: .error)
    model = try fields.decodeIfPresent(String.self, forKey: .model)
    // One of the two makes it a record: a map or the reason why there is none.
    overlays = error == nil ? try fields.decode([Map].self, forKey: .maps).map(\.overlay) : []
  }

  private struct Map: Decodable {
    let overlay: FilePath?

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      let isNamed = try fields.decodeIfPresent(String.self, forKey: .output) != nil
      overlay = isNamed ? try FilePath(recorded: .output, .outputBase64, of: fields) : nil
    }
  }

  fileprivate enum Key: String, CodingKey {
    case image, error, model, maps, output
    case imageBase64 = "image_base64"
    case outputBase64 = "output_base64"
  }
}

extension FilePath {
  /// A path to the byte: what is readable, unless its bytes stand beside it.
  fileprivate init(
    recorded readable: RecordHead.Key, _ exact: RecordHead.Key, of fields: KeyedDecodingContainer<RecordHead.Key>
  ) throws {
    let text = try fields.decode(String.self, forKey: readable)
    let bytes = try fields.decodeIfPresent(String.self, forKey: exact).flatMap { Data(base64Encoded: $0) }
    self = bytes.map { FilePath(bytes: $0) } ?? FilePath(text)
  }
}
