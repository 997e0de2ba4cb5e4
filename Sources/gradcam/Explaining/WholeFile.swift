import GradCAMCore
import ModelFormats

/// Judges by a file's own structure whether it is all of what was written, and the image's: records of earlier versions do not say what
/// their files hold.
enum WholeFile {
  /// Whether there is such a file. A machine that lost its power may have kept a part of it, or its length alone.
  static func isWhole(_ output: FinishedImages.Output, of record: ExplanationRecord) -> Bool {
    guard FileIdentity(output.path) != nil, let file = try? FileBytes(path: output.path) else { return false }
    defer { withExtendedLifetime(file) {} }
    switch output.format {
    case .npy: return isNumPy(file.bytes, output.numbers)
    case nil: return (try? SafetensorsFile(file)) != nil
    case .png: return isPNG(file.bytes) && names(record.imageDigest, file.bytes)
    case .jpeg: return isJPEG(file) && names(record.imageDigest, file.bytes)
    case .svg: return isSVG(file.bytes) && names(record.imageDigest, file.bytes)
    }
  }

  /// Every picture of this tool's says of which image it is, before it shows it.
  private static func names(_ imageDigest: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
    !imageDigest.isEmpty && bytes.prefix(1 << 16).contains(Array(imageDigest.utf8))
  }

  // MARK: - Formats

  /// Whether all chunks are there, from the head to the end, and agree with their checksums.
  static func isPNG(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard ImageFormat(bytes) == .png else { return false }
    var place = 8
    while bytes.count - place >= 12 {
      let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
      guard length <= bytes.count - place - 12 else { return false }
      let content = bytes[(place + 4)..<(place + 8 + length)]
      let checksum = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: place + 8 + length, as: UInt32.self))
      guard CRC32.of(content) == checksum else { return false }
      place += length + 12
      if content.prefix(4).elementsEqual("IEND".utf8) { return place == bytes.count }
    }
    return false
  }

  /// Whether it can be decoded in full, and ends as it should.
  private static func isJPEG(_ file: FileBytes) -> Bool {
    guard ImageFormat(file.bytes) == .jpeg, file.bytes.suffix(2).elementsEqual([0xFF, 0xD9]) else { return false }
    let decoded = try? ImageDecoder.decode(file)
    return decoded.map { !$0.isDamaged } ?? false
  }

  private static func isSVG(_ bytes: UnsafeRawBufferPointer) -> Bool {
    SVGMark.isOwn(bytes) && bytes.suffix(7).elementsEqual("</svg>\n".utf8) && !bytes.contains(0)
  }

  /// Whether there are as many numbers as the header says, and those of the map.
  static func isNumPy(_ bytes: UnsafeRawBufferPointer, _ digest: MapDigest? = nil) -> Bool {
    let head = 10
    guard bytes.count > head, bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]) else { return false }
    let start = head + Int(bytes[8]) + Int(bytes[9]) << 8
    guard start <= bytes.count else { return false }
    let header = String(decoding: bytes[head..<start], as: UTF8.self)
    guard let shape = header.split(separator: "'shape': (").last?.split(separator: ")").first else { return false }
    let sizes = shape.split(whereSeparator: { $0 == "," || $0 == " " }).map { Int($0) ?? -1 }
    guard !sizes.isEmpty, sizes.allSatisfy({ $0 > 0 && $0 <= bytes.count }) else { return false }
    let count = sizes.reduce(4) { $0.multipliedReportingOverflow(by: $1).overflow ? 0 : $0 * $1 }
    guard count == bytes.count - start else { return false }
    guard let digest, digest != .unknown else { return true }
    return SHA256.digest(of: UnsafeRawBufferPointer(rebasing: bytes[start...])) == digest.sha256
  }
}

/// The checksum of PNG's chunks (ISO 3309).
private enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
  }

  static func of(_ bytes: Slice<UnsafeRawBufferPointer>) -> UInt32 {
    ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
  }
}
