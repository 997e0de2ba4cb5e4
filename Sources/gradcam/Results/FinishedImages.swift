import FoundationEssentials
import Glibc
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
      guard let header = try? decoder.decode(RecordHeader.self, from: Data(line)), header.error == nil,
        header.recipe == recipe
      else { return }
      places.append((Self.hash(header.path), place))
    }
    self.places = places.sorted { ($0.hash, $0.place) < ($1.hash, $1.place) }
  }

  /// Whether the image needs no more work: its last record is this run's, its outputs are whole, and it did not change since.
  func contains(_ image: ImageSource, outputs: (FinishedRecord) -> [FilePath]) -> Bool {
    guard let record = record(of: image.path) else { return false }
    let files = outputs(record)
    guard !files.isEmpty else { return false }
    let changed = FileTime(image.path)
    return files.allSatisfy { path in
      guard let written = FileTime(path), Self.isWhole(path) else { return false }
      // An image that is gone cannot have changed.
      return changed.map { $0 <= written } ?? true
    }
  }

  private func record(of path: FilePath) -> FinishedRecord? {
    let hash = Self.hash(path)
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle].hash <= hash { low = middle + 1 } else { high = middle }
    }
    while low > 0, places[low - 1].hash == hash {
      low -= 1
      let line = Data(file.line(at: places[low].place))
      if let record = try? JSONDecoder().decode(FinishedRecord.self, from: line), record.header.path == path {
        return record
      }
    }
    return nil
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

  private static func hash(_ path: FilePath) -> UInt64 {
    path.bytes.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
  }
}

/// A record as far as it names its outputs.
struct FinishedRecord: Decodable {
  struct Map: Decodable {
    struct Target: Decodable { let index: Int }
    let method: String
    let layer: String
    let target: Target
  }

  let header: RecordHeader
  let maps: [Map]

  init(from decoder: any Decoder) throws {
    header = try RecordHeader(from: decoder)
    maps = try decoder.container(keyedBy: CodingKeys.self).decode([Map].self, forKey: .maps)
  }

  private enum CodingKeys: String, CodingKey { case maps }
}

/// When a file was last changed.
private struct FileTime: Comparable {
  private let seconds: Int
  private let nanoseconds: Int

  init?(_ path: FilePath) {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }

  static func < (left: FileTime, right: FileTime) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}
