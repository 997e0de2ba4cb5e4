import GradCAMCore
import ModelFormats

/// What `--resume` passes over: images whose record says that this model and these options explained them, and whose outputs stand.
///
/// For every record 16 bytes are held: a hash of the image's path, and the record's place in the file.
final class FinishedImages: Sendable {
  private let lines: RecordLines?
  private let recipe: String
  private let places: [(hash: UInt64, place: Int)]

  /// - Parameter recipe: what the run would make of an image, as records name it.
  /// - Throws: `InputError` naming the file where it cannot be read.
  init(_ log: RecordLog, recipe: String) throws(InputError) {
    (lines, self.recipe) = (try log.lines(), recipe)
    var places: [(hash: UInt64, place: Int)] = []
    while let line = try lines?.next() {
      guard let head = try? RecordHead(line: line.bytes), head.error == nil else { continue }
      places.append((FNV1a.hash64(head.image.bytes), line.place))
    }
    self.places = places.sorted { ($0.hash, $0.place) < ($1.hash, $1.place) }
  }

  /// The keys that prove an image finished.
  private static let needed: Set = ["image_sha256", "image_bytes", "image_modified", "method", "layer", "target"]

  /// Whether the image needs no more work: a record is this run's, its outputs are whole and no later record's, and the image did
  /// not change since.
  ///
  /// - Parameter outputs: the files that this run would make of an image with such a record.
  func contains(_ image: ImageSource, outputs: (ExplanationRecord) -> [FilePath]) -> Bool {
    let records = records(of: image.path)
    guard let last = records.lastIndex(where: { $0.recipe == recipe }) else { return false }
    let files = outputs(records[last])
    let names = Set(files.map(\.description))
    let isReplaced = records[(last + 1)...].contains { !names.isDisjoint(with: $0.outputs) }
    return !files.isEmpty && !isReplaced && files.allSatisfy(Self.isWhole) && isUnchanged(image, records[last])
  }

  /// Size and time tell of most files that they are the same; of others the content does. An image that is gone has not changed.
  private func isUnchanged(_ image: ImageSource, _ record: ExplanationRecord) -> Bool {
    guard let stamp = FileStatus(image.path)?.stamp else { return !image.path.isDash }
    if stamp.bytes == record.imageBytes && stamp.modified == record.imageModified { return true }
    guard stamp.bytes == record.imageBytes, let file = try? FileBytes(path: image.path) else { return false }
    defer { withExtendedLifetime(file) {} }
    return SHA256.digest(of: file.bytes) == record.imageDigest
  }

  /// The records of an image, in the file's order.
  private func records(of path: FilePath) -> [ExplanationRecord] {
    let hash = FNV1a.hash64(path.bytes)
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return places[low...].prefix { $0.hash == hash }.compactMap { entry in
      guard let lines, case .explained(let record) = try? Record(line: lines.line(at: entry.place)) else { return nil }
      return record.path == path && record.has(Self.needed) ? record : nil
    }
  }

  /// Whether a file has all of what was written: a machine that lost its power may have kept the name alone.
  private static func isWhole(_ path: FilePath) -> Bool {
    guard let file = try? FileBytes(mapping: path) else { return false }
    defer { withExtendedLifetime(file) {} }
    switch ImageFormat(file.bytes) {
    // The last chunk's type and checksum.
    case .png: return file.bytes.suffix(8).starts(with: Array("IEND".utf8))
    // The marker of the end.
    case .jpeg: return file.bytes.suffix(2).elementsEqual([0xFF, 0xD9])
    default: return SVGMark.isOwn(file.bytes) ? file.bytes.suffix(7).elementsEqual("</svg>\n".utf8) : file.count > 0
    }
  }
}
