import FoundationEssentials
import GradCAMCore
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
  /// The part of the image that the overlays show; nil where that is all of it or the record does not say.
  let seen: CropGeometry?

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    image = try FilePath(recorded: .image, .imageBase64, of: fields)
    error = try fields.decodeIfPresent(String.self, forKey: .error)
    model = try fields.decodeIfPresent(String.self, forKey: .model)
    // One of the two makes it a record: a map or the reason why there is none.
    overlays = error == nil ? try fields.decode([Map].self, forKey: .maps).map(\.overlay) : []
    seen = Self.part(of: fields)
  }

  /// What makes no sense is passed over: it only decides how a picture is cut.
  private static func part(of fields: KeyedDecodingContainer<Key>) -> CropGeometry? {
    guard let seen = try? fields.decode([Double].self, forKey: .seen), seen.count == 4,
      seen.allSatisfy({ abs($0) < 1e9 }), let width = try? fields.decode(Int.self, forKey: .width),
      let height = try? fields.decode(Int.self, forKey: .height)
    else { return nil }
    let options = (try? fields.decode([String].self, forKey: .options)) ?? []
    let part = CropGeometry(
      imageWidth: width, imageHeight: height, x: seen[0], y: seen[1], width: seen[2], height: seen[3])
    return part.isPart && !options.contains("--canvas=original") ? part : nil
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
    case image, error, model, maps, output, seen, width, height, options
    case imageBase64 = "image_base64"
    case outputBase64 = "output_base64"
  }
}

extension CropGeometry {
  /// Whether it shows something of the image, and not just all of it.
  fileprivate var isPart: Bool {
    let (right, bottom) = (Double(imageWidth), Double(imageHeight))
    let isWhole = x == 0 && y == 0 && width == right && height == bottom
    let seen = (min(x + width, right) - max(x, 0), min(y + height, bottom) - max(y, 0))
    // Far below any network's pixels, and far above what rounding could make nothing of.
    return !isWhole && min(seen.0, seen.1) > 1e-4
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
