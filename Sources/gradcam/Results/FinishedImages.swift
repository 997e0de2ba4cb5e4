import FoundationEssentials
import Glibc
import GradCAMCore
import ModelFormats

/// What `--resume` passes over: images whose record says that this model and these options explained them, and whose outputs stand.
///
/// For every record 16 bytes are held: a hash of the image's path, and the record's place in the file.
final class FinishedImages: Sendable {
  private let file: RecordsFile
  private let recipe: String
  private let places: [(hash: UInt64, place: Int)]

  /// - Parameter recipe: what the run would make of an image, as records name it.
  init(_ file: RecordsFile, recipe: String) {
    (self.file, self.recipe) = (file, recipe)
    var places: [(hash: UInt64, place: Int)] = []
    let decoder = JSONDecoder()
    file.forEachLine { place, line in
      guard let header = try? decoder.decode(RecordHeader.self, from: Data(line)), header.error == nil else { return }
      places.append((FNV1a.hash64(header.path.bytes), place))
    }
    self.places = places.sorted { ($0.hash, $0.place) < ($1.hash, $1.place) }
  }

  /// Whether the image needs no more work: a record is this run's, its outputs are whole and no later record's, and the image did
  /// not change since.
  ///
  /// - Parameter outputs: the files that this run would make of an image with such a record.
  func contains(_ image: ImageSource, outputs: (FinishedRecord) -> [FilePath]) -> Bool {
    let records = records(of: image.path)
    guard let last = records.lastIndex(where: { $0.header.recipe == recipe }) else { return false }
    let files = outputs(records[last])
    let names = Set(files.map(\.description))
    let isReplaced = records[(last + 1)...].contains { !names.isDisjoint(with: $0.outputs) }
    return !files.isEmpty && !isReplaced && files.allSatisfy(Self.isWhole) && isUnchanged(image, records[last])
  }

  /// Size and time tell of most files that they are the same; of others the content does. An image that is gone has not changed.
  private func isUnchanged(_ image: ImageSource, _ record: FinishedRecord) -> Bool {
    guard let stamp = FileStamp(image.path) else { return !image.path.isDash }
    if stamp.bytes == record.imageBytes && stamp.modified == record.imageModified { return true }
    guard stamp.bytes == record.imageBytes, let file = try? FileBytes(path: image.path) else { return false }
    defer { withExtendedLifetime(file) {} }
    return SHA256.digest(of: file.bytes) == record.imageDigest
  }

  /// The records of an image, in the file's order.
  private func records(of path: FilePath) -> [FinishedRecord] {
    let hash = FNV1a.hash64(path.bytes)
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return places[low...].prefix { $0.hash == hash }.compactMap { entry in
      let line = Data(file.line(at: entry.place))
      let record = try? JSONDecoder().decode(FinishedRecord.self, from: line)
      return record?.header.path == path ? record : nil
    }
  }

  /// Whether a file has all of what was written: a machine that lost its power may have kept the name alone.
  private static func isWhole(_ path: FilePath) -> Bool {
    guard let file = try? FileBytes(path: path) else { return false }
    defer { withExtendedLifetime(file) {} }
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
    guard file.bytes.starts(with: png) else { return file.count > 0 }
    // The last chunk's type and checksum.
    return file.bytes.suffix(8).starts(with: Array("IEND".utf8))
  }
}

/// A record as far as it names its outputs.
struct FinishedRecord: Decodable {
  struct Map: Decodable {
    struct Target: Decodable { let index: Int }
    let method: String
    let layer: String
    let target: Target
    let output: String?
    let heatmap: String?
  }

  let header: RecordHeader
  let maps: [Map]
  let imageDigest: String
  let imageBytes: Int?
  let imageModified: Double?

  /// The files that the record names.
  var outputs: [String] { maps.flatMap { [$0.output, $0.heatmap].compactMap { $0 } } }

  private enum CodingKeys: String, CodingKey {
    case maps
    case imageDigest = "image_sha256"
    case imageBytes = "image_bytes"
    case imageModified = "image_modified"
  }

  init(from decoder: any Decoder) throws {
    header = try RecordHeader(from: decoder)
    let values = try decoder.container(keyedBy: CodingKeys.self)
    maps = try values.decode([Map].self, forKey: .maps)
    imageDigest = try values.decode(String.self, forKey: .imageDigest)
    imageBytes = try values.decodeIfPresent(Int.self, forKey: .imageBytes)
    imageModified = try values.decodeIfPresent(Double.self, forKey: .imageModified)
  }
}

/// A file's size, and when it was last changed.
struct FileStamp: Sendable {
  let bytes: Int
  /// Seconds since 1970.
  let modified: Double

  /// nil for what is no regular file.
  init?(_ path: FilePath) {
    var status = stat()
    guard !path.isDash, path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    bytes = Int(status.st_size)
    modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
  }
}
