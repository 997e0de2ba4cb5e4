/// Writes DICOM files of a few elements, sound or not: explicit and little endian.
struct DICOMWriter {
  var syntax = "1.2.840.10008.1.2.1"
  private(set) var body: [UInt8] = []

  /// A sound picture of 2×2 samples of 8 bits but for its pixels, which `add` brings.
  static func picture(rows: UInt16 = 2, columns: UInt16 = 2, bits: UInt16 = 8) -> DICOMWriter {
    var writer = DICOMWriter()
    writer.add(0x0028_0002, "US", word: 1)
    writer.add(0x0028_0004, "CS", text: "MONOCHROME2 ")
    writer.add(0x0028_0010, "US", word: rows)
    writer.add(0x0028_0011, "US", word: columns)
    writer.add(0x0028_0100, "US", word: bits)
    writer.add(0x0028_0101, "US", word: bits)
    writer.add(0x0028_0102, "US", word: bits - 1)
    writer.add(0x0028_0103, "US", word: 0)
    return writer
  }

  mutating func add(_ tag: UInt32, _ kind: String, word: UInt16) { add(tag, kind, Self.little(word)) }
  mutating func add(_ tag: UInt32, _ kind: String, text: String) { add(tag, kind, Array(text.utf8)) }

  /// - Parameter length: what is said of it; nil for the truth.
  mutating func add(_ tag: UInt32, _ kind: String, _ value: [UInt8], length: UInt32? = nil) {
    raw(Self.little(UInt16(tag >> 16)) + Self.little(UInt16(tag & 0xFFFF)) + Array(kind.utf8))
    let said = length ?? UInt32(value.count)
    if ["OB", "OW", "SQ", "UN", "OF"].contains(kind) {
      raw([0, 0] + Self.little(said))
    } else {
      raw(Self.little(UInt16(truncatingIfNeeded: said)))
    }
    raw(value)
  }

  /// An item, or a delimiter, which have no kind.
  mutating func mark(_ tag: UInt32, length: UInt32 = 0) {
    raw(Self.little(UInt16(tag >> 16)) + Self.little(UInt16(tag & 0xFFFF)) + Self.little(length))
  }

  mutating func raw(_ bytes: [UInt8]) { body += bytes }

  /// The whole file.
  var file: [UInt8] {
    var meta = DICOMWriter()
    meta.add(0x0002_0010, "UI", text: syntax.utf8.count % 2 == 0 ? syntax : syntax + "\0")
    return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + meta.body + body
  }

  private static func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
