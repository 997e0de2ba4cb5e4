import FoundationEssentials
import Glibc
import ModelFormats

/// What a file holds that records are to be kept in: only one of this tool's own is appended to, repaired or begun anew.
struct RecordOwnership {
  /// What stands behind the last line feed; nil where that ends the file.
  enum Ending {
    /// A record that lacks its line feed.
    case record
    /// A part of one, of so many bytes.
    case torn(Int)
  }

  let size: Int
  let ending: Ending?

  /// The most that a line may hold: see `RecordLines`.
  private static let longest = 1 << 26

  /// Looks at the first line of an open file and at what is not ended; where all is to be lost, at its last line, too.
  ///
  /// - Throws: `InputError` without a subject where the file is not this tool's.
  init(_ descriptor: Int32, isRenewed: Bool) throws(InputError) {
    size = max(Int(lseek(descriptor, 0, SEEK_END)), 0)
    guard size > 0 else {
      ending = nil
      return
    }
    let first = try Self.firstLine(descriptor)
    guard first.map(RecordMark.isRecord) ?? true else { throw Self.isForeign }
    let start = try Self.startOfLine(descriptor, endingAt: size)
    let tail = fileBytes(descriptor, at: start, count: size - start)
    ending = tail.isEmpty ? nil : try Self.ending(tail, isAlone: first == nil)
    guard isRenewed, first != nil else { return }
    let last = try Self.startOfLine(descriptor, endingAt: start - 1)
    guard RecordMark.isRecord(fileBytes(descriptor, at: last, count: start - 1 - last)) else {
      throw InputError("", "ends in a line that is no record of gradcam's", remedy: "a new file, or remove that line")
    }
  }

  private static let isForeign = InputError(
    "", "holds no records", remedy: "a new file, or one that --records wrote")

  private static func ending(_ tail: [UInt8], isAlone: Bool) throws(InputError) -> Ending {
    if RecordMark.isRecord(tail) { return .record }
    // A machine that lost its power leaves zeros where data did not reach the disk.
    let written = tail[..<(tail.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0)]
    if !isAlone && written.isEmpty || RecordMark.isBeginning(written) { return .torn(tail.count) }
    if isAlone { throw isForeign }
    throw InputError("", "ends in a part of a line that is no record's", remedy: "a new file, or remove that line")
  }

  /// nil where no line feed ends it.
  private static func firstLine(_ descriptor: Int32) throws(InputError) -> [UInt8]? {
    var line: [UInt8] = []
    let step = 1 << 16
    while true {
      let chunk = fileBytes(descriptor, at: line.count, count: step)
      if chunk.isEmpty { return nil }
      if let end = chunk.firstIndex(of: LineReader.lineFeed) { return line + chunk[..<end] }
      // A file of another kind is not read on.
      if line.isEmpty, chunk.count == step, !RecordMark.isBeginning(chunk[...]) { throw isForeign }
      guard line.count < longest else { throw isForeign }
      line += chunk
    }
  }

  /// Where the line begins whose end, without its line feed, is at `end`.
  private static func startOfLine(_ descriptor: Int32, endingAt end: Int) throws(InputError) -> Int {
    var start = end
    while start > 0 {
      let before = max(0, start - 1 << 16)
      let chunk = fileBytes(descriptor, at: before, count: start - before)
      if let feed = chunk.lastIndex(of: LineReader.lineFeed) { return before + feed + 1 }
      guard end - before < longest else { throw isForeign }
      start = before
    }
    return 0
  }
}

/// The marks by which a line is known as a record of this tool's, whatever its values are.
private struct RecordMark: Decodable {
  private static let keys = ExplanationRecord.keys.union(FailureRecord.keys)

  private struct Map: Decodable {
    let method: String
    let layer: String
  }

  static func isRecord(_ line: [UInt8]) -> Bool {
    (try? JSONDecoder().decode(RecordMark.self, from: Data(line))) != nil
  }

  init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: AnyKey.self)
    _ = try fields.decode(String.self, forKey: AnyKey(stringValue: "image"))
    let isFailed = try fields.decodeIfPresent(String.self, forKey: AnyKey(stringValue: "error")) != nil
    let isOwn =
      isFailed
      ? FailureRecord.keys.isSuperset(of: fields.allKeys.map(\.stringValue))
      : try !fields.decode([Map].self, forKey: AnyKey(stringValue: "maps")).isEmpty
    guard isOwn else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "another tool's record"))
    }
  }

  /// Whether bytes may be the beginning of a record as it is written: JSON with nothing between its parts, and keys that a record has.
  static func isBeginning(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.first == UInt8(ascii: "{") else { return false }
    var depth = 0
    var isEscaped = false
    // Inside a string, which may be a key; a key comes next.
    var (isString, isKey, awaitsKey) = (false, false, false)
    var key: [UInt8] = []
    for byte in bytes {
      if byte < 0x20 { return false }
      if isString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          if isKey, !keys.contains(String(decoding: key, as: UTF8.self)) { return false }
          (isString, isKey) = (false, false)
        } else if isKey {
          key.append(byte)
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        (isString, isKey, awaitsKey, key) = (true, awaitsKey && depth == 1, false, [])
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        awaitsKey = depth == 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","): awaitsKey = depth == 1
      case UInt8(ascii: " "): return false
      default: break
      }
      // A whole object that is no record is no beginning of one.
      if depth <= 0 { return false }
    }
    return !isKey || keys.contains { $0.utf8.starts(with: key) }
  }
}
