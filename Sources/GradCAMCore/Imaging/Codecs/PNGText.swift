/// The text chunks of PNG files, found without decoding the picture.
package enum PNGText {
  /// The keyword of the text that this tool writes into its pictures, by which it knows them again.
  package static let ownKeyword = "gradcam"

  /// Whether a text chunk before the picture's data has this keyword.
  ///
  /// - Parameter bytes: a file or as much of its beginning as is at hand; anything but a PNG has no text.
  package static func hasText(keyword: String, in bytes: UnsafeRawBufferPointer) -> Bool {
    let signature = 8
    let (lengthAndType, checksum) = (8, 4)
    guard ImageFormat(bytes) == .png else { return false }
    var offset = signature
    while bytes.count - offset >= lengthAndType {
      let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      let type = String(decoding: bytes[offset + 4..<offset + lengthAndType], as: UTF8.self)
      offset += lengthAndType
      if type == "IDAT" || length > bytes.count - offset - checksum { return false }
      if type == "tEXt" || type == "iTXt" || type == "zTXt" {
        if bytes[offset..<offset + length].starts(with: Array(keyword.utf8) + [0]) { return true }
      }
      offset += length + checksum
    }
    return false
  }
}
