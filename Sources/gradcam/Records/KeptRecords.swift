import GradCAMCore
import ModelFormats

/// The records that stand in a file when a run begins, to be found by the image that they are of, or by a file that they name.
///
/// For every record 16 bytes are held, and as many for every file that it names: a hash of the path, and the record's place.
final class KeptRecords: Sendable {
  /// What messages call the file.
  let name: String
  private let lines: RecordLines
  private let images: Places
  private let failures: Places
  private let files: Places

  /// nil for what is no file on disk, and so holds nothing.
  ///
  /// - Throws: `InputError` naming the file where it cannot be read.
  init?(_ log: RecordLog) throws(InputError) {
    guard let lines = try log.lines() else { return nil }
    var (images, failures, files, finder) = (Places(), Places(), Places(), PlaceFinder())
    while let line = try lines.next() {
      guard let names = try? RecordNames(line: line.bytes) else { continue }
      guard names.isExplained else {
        failures.add(names.image, line.place)
        continue
      }
      images.add(names.image, line.place)
      for file in names.files { files.add(finder.place(of: file), line.place) }
    }
    images.sort()
    failures.sort()
    files.sort()
    (name, self.lines, self.images, self.failures, self.files) = (lines.name, lines, images, failures, files)
  }

  /// The records of an image that was explained, in the file's order.
  func records(of image: FilePath) -> [ExplanationRecord] { records(images, image).filter { $0.path == image } }

  /// Whether the last record of an image says that it failed.
  func hasFailedLast(_ image: FilePath) -> Bool {
    guard let failed = failures[image].last else { return false }
    return failed > images[image].last ?? -1
  }

  /// The records that name a file, in the file's order.
  ///
  /// - Parameter place: see `PlaceFinder`.
  func records(naming place: FilePath) -> [ExplanationRecord] {
    var finder = PlaceFinder()
    return records(files, place).filter { $0.outputs.contains { finder.place(of: $0) == place } }
  }

  private func records(_ places: Places, _ path: FilePath) -> [ExplanationRecord] {
    places[path].compactMap { place in
      guard case .explained(let record) = try? Record(line: lines.line(at: place)) else { return nil }
      return record
    }
  }

  /// Where in the file a path is named, by the path's hash.
  private struct Places {
    private var entries: [(hash: UInt64, place: Int)] = []

    mutating func add(_ path: FilePath, _ place: Int) { entries.append((FNV1a.hash64(path.bytes), place)) }

    mutating func sort() { entries.sort { ($0.hash, $0.place) < ($1.hash, $1.place) } }

    subscript(path: FilePath) -> [Int] {
      let hash = FNV1a.hash64(path.bytes)
      var (low, high) = (0, entries.count)
      while low < high {
        let middle = (low + high) / 2
        if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
      }
      return entries[low...].prefix { $0.hash == hash }.map(\.place)
    }
  }
}
