/// Comments of JPEG files: the one by which this tool knows its own again, found without decoding the picture, and the one
/// that says what a picture shows.
package enum JPEGComment {
  private static let own = Array("gradcam".utf8)
  /// The most bytes that a comment holds.
  private static let longest = 65_533

  /// The texts, a line each, as far as a comment holds them.
  static func text(_ texts: KeyValuePairs<String, String>) -> [UInt8] {
    let lines = texts.map { keyword, text in
      // A line break in a text must not begin a line of its own.
      "\(keyword): "
        + String(
          String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }
    let bytes = Array(lines.joined(separator: "\n").utf8)
    guard bytes.count > longest else { return bytes }
    // Cut where a character begins.
    let end = bytes[...longest].lastIndex { $0 & 0xC0 != 0x80 } ?? 0
    return Array(bytes[..<end])
  }

  /// Whether a comment before the picture's data is this tool's.
  ///
  /// - Parameter bytes: a file or as much of its beginning as is at hand; anything but a JPEG has no comment.
  package static func isOwn(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard ImageFormat(bytes) == .jpeg else { return false }
    var offset = 2
    // A segment: 0xFF, its kind, and its length with the two bytes that hold it.
    while bytes.count - offset >= 4, bytes[offset] == 0xFF, bytes[offset + 1] != 0xDA {
      let length = Int(bytes[offset + 2]) << 8 | Int(bytes[offset + 3])
      let end = offset + 2 + length
      guard length >= 2, end <= bytes.count else { return false }
      if bytes[offset + 1] == 0xFE, bytes[offset + 4..<end].elementsEqual(own) { return true }
      offset = end
    }
    return false
  }
}
