import Glibc
import GradCAMCore
import ModelFormats

/// The records of a run of `explain`, to be found by the image that they are of.
///
/// For every record 40 bytes are held: a hash of its image's path, and its place, in two orders, and hashes of the image's content and path.
final class RecordedMaps: Sendable {
  let path: FilePath
  /// Lines that are no records of explain's: the first of them, and their number.
  let problems: [InputError]
  private let lines: RecordLines
  /// By hash, then by place.
  private let entries: [(hash: UInt64, place: Int)]
  /// The places of all records, in the file's order.
  let places: [Int]
  /// By content: hashes of an image's digest and of its path.
  private let contents: [(content: UInt64, image: UInt64)]

  private static let mostProblems = 5

  /// - Throws: `InputError` naming the file: not readable, or without a record.
  init(_ path: FilePath, stop: StopRequest) throws(InputError) {
    self.path = path
    lines = try RecordLines(path, keepsPipes: true, stop: stop)
    var (entries, places, problems, count): ([(hash: UInt64, place: Int)], [Int], [InputError], Int) = ([], [], [], 0)
    var contents: [(content: UInt64, image: UInt64)] = []
    while let line = try lines.next() {
      do throws(InputError) {
        if let fault = line.fault { throw fault }
        let (image, digest) = try Self.image(of: line.bytes)
        let hash = FNV1a.hash64(image.bytes)
        entries.append((hash, line.place))
        places.append(line.place)
        if let digest { contents.append((FNV1a.hash64(Array(digest.utf8)), hash)) }
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
    contents.sort { ($0.content, $0.image) < ($1.content, $1.image) }
    (self.entries, self.places, self.problems, self.contents) = (entries, places, problems, contents)
  }

  /// The image, and its digest where it was explained.
  private static func image(of line: [UInt8]) throws(InputError) -> (FilePath, String?) {
    switch try Record(line: line) {
    case .failed(let record): return (record.path, nil)
    case .explained(let record):
      guard !record.isEvaluation, !record.isComparison else {
        let maker = record.isComparison ? "diff" : "evaluate"
        throw InputError(
          "", "is a record of gradcam \(maker), which keeps no maps",
          remedy: "those of gradcam explain --heatmap FILE.npy")
      }
      return (record.path, record.imageDigest.isEmpty ? nil : record.imageDigest)
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

  /// The path by which another file knows an image: its own, or another one where neither file has both and the content is nobody else's
  /// in either; nil where there is none.
  ///
  /// - Parameter digest: of the image's content, where it was explained.
  func path(of image: FilePath, _ digest: String?, in other: RecordedMaps) -> FilePath? {
    let hash = FNV1a.hash64(image.bytes)
    if other.has(hash) { return image }
    guard let digest, let found = partner(of: hash, FNV1a.hash64(Array(digest.utf8)), in: other) else { return nil }
    return other.places(found).first.flatMap(other.record)?.image
  }

  private func partner(of image: UInt64, _ content: UInt64, in other: RecordedMaps) -> UInt64? {
    guard !other.has(image), onlyImage(of: content) == image, let found = other.onlyImage(of: content), !has(found)
    else { return nil }
    return found
  }

  /// The image that has a content; nil where several have, or none.
  private func onlyImage(of content: UInt64) -> UInt64? {
    let images = contents[Self.first(contents.count) { contents[$0].content >= content }...]
      .prefix { $0.content == content }
    guard let first = images.first, images.last?.image == first.image else { return nil }
    return first.image
  }

  /// How many images there are that another file has no record of, and the first of them.
  func imagesAlone(beside other: RecordedMaps) -> (count: Int, first: FilePath?) {
    let paired = Set(contents.filter { partner(of: $0.image, $0.content, in: other) != nil }.map(\.image))
    var alone: Set<UInt64> = []
    var first: Int?
    for entry in entries where !paired.contains(entry.hash) && !other.has(entry.hash) {
      alone.insert(entry.hash)
      first = min(first ?? entry.place, entry.place)
    }
    return (alone.count, first.flatMap(record)?.image)
  }

  private func places(of image: FilePath) -> [Int] { places(FNV1a.hash64(image.bytes)) }

  private func has(_ image: UInt64) -> Bool { !places(image).isEmpty }

  private func places(_ hash: UInt64) -> [Int] {
    entries[Self.first(entries.count) { entries[$0].hash >= hash }...].prefix { $0.hash == hash }.map(\.place)
  }

  /// The first of so many numbers that something holds for, and for all behind it.
  private static func first(_ count: Int, where holds: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
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
  var image: FilePath {
    switch self {
    case .explained(let record): record.path
    case .failed(let record): record.path
    }
  }
}
