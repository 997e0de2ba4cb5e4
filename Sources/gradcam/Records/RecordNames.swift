import FoundationEssentials
import ModelFormats

/// The paths that a record names, which are cheap to read by themselves.
struct RecordNames: Decodable {
  let image: FilePath
  /// Whether the image was explained.
  let isExplained: Bool
  /// The files that the image became.
  let files: [FilePath]

  private enum CodingKeys: String, CodingKey { case maps }

  init(from decoder: any Decoder) throws {
    let head = try RecordHead(from: decoder)
    (image, isExplained) = (head.image, head.error == nil)
    let maps = isExplained ? try? decoder.container(keyedBy: CodingKeys.self).decode([Map].self, forKey: .maps) : nil
    files = maps?.flatMap(\.files) ?? []
  }

  /// - Throws: an error of the decoder where the line is no record.
  init(line: [UInt8]) throws { self = try JSONDecoder().decode(RecordNames.self, from: Data(line)) }

  private struct Map: Decodable {
    let files: [FilePath]

    private enum CodingKeys: String, CodingKey {
      case output, heatmap, dump
      case outputBase64 = "output_base64"
      case heatmapBase64 = "heatmap_base64"
      case dumpBase64 = "dump_base64"
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      let keys: [(CodingKeys, CodingKeys)] = [
        (.output, .outputBase64), (.heatmap, .heatmapBase64), (.dump, .dumpBase64),
      ]
      files = keys.compactMap { readable, exact in
        guard let path = try? fields.decodeIfPresent(String.self, forKey: readable) else { return nil }
        return FilePath(recorded: path, try? fields.decodeIfPresent(String.self, forKey: exact))
      }
    }
  }
}
