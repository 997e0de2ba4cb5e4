import Glibc
import GradCAMCore
import ModelFormats

/// The records of a run of `explain`, to be found by the image that they are of.
///
/// For every record 24 bytes are held: a hash of its image's path, and its place, in two orders.
final class RecordedMaps: Sendable {
  let path: FilePath
  /// Lines that are no records of explain's: the first of them, and their number.
  let problems: [InputError]
  private let lines: RecordLines
  /// By hash, then by place.
  private let entries: [(hash: UInt64, place: Int)]
  /// The places of all records, in the file's order.
  let places: [Int]

  private static let mostProblems = 5

  /// - Throws: `InputError` naming the file: not readable, or without a record.
  init(_ path: FilePath, stop: StopRequest) throws(InputError) {
    self.path = path
    lines = try RecordLines(path, keepsPipes: true, stop: stop)
    var (entries, places, problems, count): ([(hash: UInt64, place: Int)], [Int], [InputError], Int) = ([], [], [], 0)
    while let line = try lines.next() {
      do throws(InputError) {
        if let fault = line.fault { throw fault }
        entries.append((FNV1a.hash64(try Self.image(of: line.bytes).bytes), line.place))
        places.append(line.place)
      } catch {
        count += 1
        if problems.count < Self.mostProblems {
          problems.append(
            InputError("\(lines.name)", "line \(line.number) \(error.problem)", remedy: error.remedy))
        }
      }
    }
    guard !entries.isEmpty else {
      throw problems.first
        ?? InputError("\(lines.name)", "holds no records", remedy: "what gradcam explain --records wrote")
    }
    if count > problems.count {
      problems.append(InputError("\(lines.name)", "\((count - problems.count).grouped) more lines are no such records"))
    }
    entries.sort { ($0.hash, $0.place) < ($1.hash, $1.place) }
    (self.entries, self.places, self.problems) = (entries, places, problems)
  }

  private static func image(of line: [UInt8]) throws(InputError) -> FilePath {
    switch try Record(line: line) {
    case .failed(let record): return record.path
    case .explained(let record):
      guard !record.isEvaluation, !record.isComparison else {
        let maker = record.isComparison ? "diff" : "evaluate"
        throw InputError(
          "", "is a record of gradcam \(maker), which keeps no maps",
          remedy: "those of gradcam explain --heatmap FILE.npy")
      }
      return record.path
    }
  }

  /// The record at a place; nil where the file has changed since.
  func record(at place: Int) -> Record? { try? Record(line: lines.line(at: place)) }

  /// The records of an image that was explained, in the file's order; none where its last one says that it failed.
  func records(of image: FilePath) -> [(place: Int, record: ExplanationRecord)] {
    let records = places(of: image).compactMap { place -> (place: Int, record: Record)? in
      guard let record = record(at: place), record.image == image else { return nil }
      return (place, record)
    }
    if case .failed = records.last?.record { return [] }
    return records.compactMap { found in
      if case .explained(let record) = found.record { (found.place, record) } else { nil }
    }
  }

  /// Whether no record of the image stands before a place.
  func isFirst(_ place: Int, of image: FilePath) -> Bool {
    !places(of: image).prefix { $0 < place }.contains { record(at: $0)?.image == image }
  }

  /// How many images there are that another file has no record of.
  func countImages(without other: RecordedMaps) -> Int {
    let known = Set(other.entries.map(\.hash))
    return Set(entries.map(\.hash)).count { !known.contains($0) }
  }

  private func places(of image: FilePath) -> [Int] {
    let hash = FNV1a.hash64(image.bytes)
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].hash < hash { low = middle + 1 } else { high = middle }
    }
    return entries[low...].prefix { $0.hash == hash }.map(\.place)
  }

  /// Whether a file begins as records do; nil for what can be read once, or not at all.
  static func isHere(_ path: FilePath) -> Bool? {
    guard FileIdentity(path) != nil else { return nil }
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var start = fileBytes(descriptor, at: 0, count: 64)[...]
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { start = start.dropFirst(3) }
    start = start.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    // A safetensors file begins with a length of 8 bytes, which may begin with a brace.
    return start.first == UInt8(ascii: "{") && !start.prefix(8).contains(0)
  }
}

extension Record {
  fileprivate var image: FilePath {
    switch self {
    case .explained(let record): record.path
    case .failed(let record): record.path
    }
  }
}
