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
  /// A cut head ends in a part of the SHA-256 of the whole, so that names which differ behind the cut still differ. A name that only
  /// looks as if it was cut is cut, too, so that it is none of those.
  static func fitted(_ head: [UInt8], _ tail: [UInt8]) -> [UInt8] {
    guard head.count + tail.count > limit || looksCut(head, tail) else { return head + tail }
    let mark = [tilde] + SHA256.digest(of: head).utf8.prefix(markDigits)
    var kept = head.prefix(max(0, limit - tail.count - mark.count))
    // The cut must not leave half a character of UTF-8: drop its continuation bytes and its first.
    if kept.count < head.count, isContinuation(head[kept.count]) {
      while let last = kept.last, isContinuation(last) { kept.removeLast() }
      kept = kept.dropLast()
    }
    return kept + mark + tail
  }

  /// Whether a name that is short enough ends like one that was cut. A cut one lacks half a character of the limit at most.
  private static func looksCut(_ head: [UInt8], _ tail: [UInt8]) -> Bool {
    guard head.count + tail.count > limit - 4 else { return false }
    let mark = head.suffix(markDigits + 1)
    return mark.first == tilde && mark.dropFirst().allSatisfy { hexadecimal.contains($0) }
  }

  /// 96 bits: nobody finds two names whose marks are the same.
  private static let markDigits = 24
  private static let hexadecimal = Array("0123456789abcdef".utf8)
  private static let tilde = UInt8(ascii: "~")
  private static let slash = UInt8(ascii: "/")
  private static let underscore = UInt8(ascii: "_")

  private static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
