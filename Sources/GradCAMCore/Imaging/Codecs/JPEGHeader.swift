import ModelFormats

/// What a JPEG's frame header says, and where its segments are (ITU-T T.81, annex B).
struct JPEGHeader {
  let size: ImageSize
  let components: Int
  let bits: Int
  /// Components' names and the shares of the picture's size that they have, as the frame header gives them.
  let identifiers: [UInt8]
  let samplings: [UInt8]
  /// Whether it is coded without loss by prediction and Huffman codes: process 14.
  let isLossless: Bool
  /// Whether it is coded by cosine transforms in a way that libjpeg reads.
  let isLossy: Bool
  /// Whether markers say that the components are brightness and two colours, or that they are not; nil where they say nothing.
  let isYBR: Bool?

  /// - Throws: `InputError` without a subject where the bytes are no JPEG, or end before its frame header.
  init(_ bytes: [UInt8]) throws(InputError) {
    guard bytes.count > 4, bytes[0] == 0xFF, bytes[1] == 0xD8 else {
      throw InputError("", "is a damaged JPEG: it does not begin as one")
    }
    var segments = JPEGSegments(bytes, from: 2)
    var (isYBR, adobe): (Bool?, UInt8?) = (nil, nil)
    while let (marker, body) = try segments.next() {
      switch marker {
      case 0xE0 where body.starts(with: Array("JFIF".utf8)): isYBR = true
      case 0xEE where body.starts(with: Array("Adobe".utf8)) && body.count >= 12: adobe = body[body.startIndex + 11]
      case 0xC0...0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
        guard body.count >= 6, body.count >= 6 + 3 * Int(body[body.startIndex + 5]) else {
          throw InputError("", "is a damaged JPEG: its frame header is cut short")
        }
        let b = Array(body)
        bits = Int(b[0])
        size = ImageSize(width: Int(b[3]) << 8 | Int(b[4]), height: Int(b[1]) << 8 | Int(b[2]))
        components = Int(b[5])
        identifiers = (0..<components).map { b[6 + 3 * $0] }
        samplings = (0..<components).map { b[7 + 3 * $0] }
        isLossless = marker == 0xC3
        isLossy = [0xC0, 0xC1, 0xC2, 0xC9, 0xCA].contains(marker)
        let namesRGB = identifiers == Array("RGB".utf8) || identifiers == Array("rgb".utf8)
        self.isYBR = components == 3 ? namesRGB ? false : isYBR ?? adobe.map { $0 == 1 } : nil
        return
      case 0xDA, 0xD9: throw InputError("", "is a damaged JPEG: it has no frame header")
      default: break
      }
    }
    throw InputError("", "is a damaged JPEG: it is cut short before its frame header")
  }
}

/// Steps from one marker to the next.
struct JPEGSegments {
  private let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8], from position: Int) { (self.bytes, self.position) = (bytes, position) }

  /// The next marker and its segment without the length; empty for one that has none. nil where the bytes end.
  mutating func next() throws(InputError) -> (marker: UInt8, body: ArraySlice<UInt8>)? {
    // What is between segments is passed over.
    while position < bytes.count, bytes[position] != 0xFF { position += 1 }
    while position < bytes.count, bytes[position] == 0xFF { position += 1 }
    guard position < bytes.count else { return nil }
    let marker = bytes[position]
    position += 1
    if marker == 0x00 || marker == 0x01 || (0xD0...0xD9).contains(marker) { return (marker, []) }
    guard bytes.count - position >= 2 else { return nil }
    let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
    guard length >= 2, length <= bytes.count - position else {
      throw InputError("", "is a damaged JPEG: a segment is cut short")
    }
    defer { position += length }
    return (marker, bytes[position + 2..<position + length])
  }

  mutating func seek(to position: Int) { self.position = position }
}
