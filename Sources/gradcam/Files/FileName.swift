import GradCAMCore
import ModelFormats

/// Makes file names out of text that may come from a model file and so may be anything.
enum FileName {
  /// What file systems take for one name, in bytes.
  static let limit = 255

  /// `text` as part of a file name: no slash, no control character, no leading dot, never empty.
  static func safe(_ text: String) -> [UInt8] {
    var bytes = text.utf8.map { $0 == slash || $0 < 0x20 || $0 == 0x7F ? underscore : $0 }
    if bytes.isEmpty { return [underscore] }
    for index in bytes.indices.prefix(while: { bytes[$0] == UInt8(ascii: ".") }) { bytes[index] = underscore }
    return bytes
  }

  /// `head` and `tail` as one name, the head cut where both together are too long.
  ///
  /// A cut head ends in a hash of the whole, so that names which differ behind the cut still differ.
  static func fitted(_ head: [UInt8], _ tail: [UInt8]) -> [UInt8] {
    guard head.count + tail.count > limit else { return head + tail }
    let mark = Array("~\(FNV1a.hash32(head).hexadecimal)".utf8)
    var kept = head.prefix(max(0, limit - tail.count - mark.count))
    // The cut must not leave half a character of UTF-8: drop its continuation bytes and its first.
    if kept.count < head.count, isContinuation(head[kept.count]) {
      while let last = kept.last, isContinuation(last) { kept.removeLast() }
      kept = kept.dropLast()
    }
    return kept + mark + tail
  }

  private static let slash = UInt8(ascii: "/")
  private static let underscore = UInt8(ascii: "_")

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
