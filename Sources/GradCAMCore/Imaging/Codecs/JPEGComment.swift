/// The comment by which this tool knows JPEG files of its own again, found without decoding the picture.
package enum JPEGComment {
  private static let own = Array("gradcam".utf8)

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
