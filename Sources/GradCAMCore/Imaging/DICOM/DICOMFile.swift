import ModelFormats

/// A DICOM file (PS3.10) as far as its pixels: its transfer syntax and its data set.
struct DICOMFile {
  let syntax: DICOMTransferSyntax
  let dataset: DICOMDataset
  /// The bytes that the data set's places are in: the file's, or those that were inflated.
  let content: FileBytes?
  private let bytes: UnsafeRawBufferPointer
  /// Where in the file the data set begins.
  private let start: Int
  /// Whether more could be inflated.
  let isPartial: Bool

  /// How much of a deflated data set is inflated to find its pixels, in turn; what stands before them is no longer.
  private static let prefixes = [1 << 16, 1 << 20, 1 << 24, 1 << 26]
  /// The most that a byte of deflated data can become.
  private static let mostInflation = 1032

  /// - Parameter bytes: the whole file's; they must stay where they are while this is used.
  init(_ bytes: UnsafeRawBufferPointer) throws(InputError) {
    self.bytes = bytes
    let begin = Self.hasPreamble(bytes) ? 132 : 0
    let (uid, start) = try DICOMReader.fileMeta(bytes, from: begin)
    self.start = start
    var syntax: DICOMTransferSyntax
    if let uid { syntax = try DICOMTransferSyntax(uid: uid) } else { syntax = try Self.guessed(bytes, from: start) }
    // Some writers name the implicit transfer syntax, whatever they write; pydicom, too, believes the first element.
    if !syntax.isExplicit { syntax.isExplicit = DICOMReader.namesRepresentation(bytes, at: start + 4) }
    self.syntax = syntax
    guard syntax.isDeflated else {
      var reader = DICOMReader(
        bytes, from: start, isExplicit: syntax.isExplicit, isBigEndian: syntax.isBigEndian)
      (dataset, content, isPartial) = (try reader.read(), nil, false)
      return
    }
    (dataset, content, isPartial) = try Self.inflated(bytes, from: start)
  }

  /// The bytes that `dataset` speaks of.
  var data: UnsafeRawBufferPointer { content?.bytes ?? bytes }

  /// The same with as much inflated as `count` bytes take.
  ///
  /// - Throws: `InputError` where the file cannot hold so much.
  func inflated(to count: Int) throws(InputError) -> FileBytes {
    let raw = UnsafeRawBufferPointer(rebasing: bytes[start...])
    guard count / Self.mostInflation <= raw.count else { throw DICOMReader.damaged("its pixels are cut short") }
    return FileBytes(copying: try Self.inflate(raw, limit: count))
  }

  private static func inflate(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(InputError) -> [UInt8] {
    do { return try Inflate.inflate(bytes, limit: limit) } catch { throw DICOMReader.damaged("\(error.problem)") }
  }

  private static func inflated(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) throws(InputError) -> (DICOMDataset, FileBytes, Bool) {
    let raw = UnsafeRawBufferPointer(rebasing: bytes[start...])
    for limit in prefixes {
      let content = FileBytes(copying: try inflate(raw, limit: limit))
      defer { withExtendedLifetime(content) {} }
      let isPartial = content.count == limit
      do {
        var reader = DICOMReader(content.bytes, from: 0, isExplicit: true, isBigEndian: false)
        let dataset = try reader.read()
        if dataset.pixels != nil || !isPartial { return (dataset, content, isPartial) }
      } catch {
        // An element may reach beyond what was inflated.
        if !isPartial { throw error }
      }
    }
    throw DICOMReader.damaged("no pixels are among the first \(prefixes[prefixes.count - 1]) bytes of its data set")
  }

  // MARK: - Recognition

  /// Whether a file begins as DICOM does: with `DICM` behind 128 bytes, or, as older files, with its first elements.
  static func recognizes(_ prefix: UnsafeRawBufferPointer) -> Bool {
    if hasPreamble(prefix) { return true }
    guard prefix.count >= 16 else { return false }
    // The file's meta information, or a data set: two elements of group 0008, the second behind the first.
    for (group, isBigEndian) in [(2, false), (8, false), (8, true)] {
      if firstElements(prefix, group: group, isBigEndian: isBigEndian) != nil { return true }
    }
    return false
  }

  /// Whether a file is an index of others: its meta information says so near its beginning.
  static func isDirectory(_ prefix: UnsafeRawBufferPointer) -> Bool {
    guard hasPreamble(prefix) else { return false }
    let storage = Array("1.2.840.10008.1.3.10".utf8)
    let meta = prefix.prefix(384)
    // Of an even length, it ends where the next element begins: a longer identifier would go on with a digit or a dot.
    return meta.indices.contains { start in
      guard meta[start] == storage[0], meta[start...].starts(with: storage) else { return false }
      return meta.dropFirst(start + storage.count).first.map { !"0123456789.".utf8.contains($0) } ?? true
    }
  }

  private static func hasPreamble(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 132 && bytes[128..<132].elementsEqual(Array("DICM".utf8))
  }

  private static func guessed(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(InputError)
    -> DICOMTransferSyntax
  {
    let rest = UnsafeRawBufferPointer(rebasing: bytes[start...])
    for isBigEndian in [false, true] {
      if let isExplicit = firstElements(rest, group: 8, isBigEndian: isBigEndian) {
        return DICOMTransferSyntax(isExplicit: isExplicit, isBigEndian: isBigEndian)
      }
    }
    throw DICOMReader.damaged("its transfer syntax is missing")
  }

  /// Whether two elements of a group begin the bytes, with or without representations; nil where they do not.
  private static func firstElements(_ bytes: UnsafeRawBufferPointer, group: Int, isBigEndian: Bool) -> Bool? {
    func word(_ place: Int) -> Int {
      isBigEndian ? Int(bytes[place]) << 8 | Int(bytes[place + 1]) : Int(bytes[place + 1]) << 8 | Int(bytes[place])
    }
    func isVR(_ place: Int) -> Bool { (0x41...0x5A).contains(bytes[place]) && (0x41...0x5A).contains(bytes[place + 1]) }
    guard bytes.count >= 16, word(0) == group, word(2) <= 0x0018 else { return nil }
    let isExplicit = isVR(4)
    guard isExplicit || group == 8 else { return nil }
    let (high, low) = isBigEndian ? (word(4), word(6)) : (word(6), word(4))
    let long = ["OB", "UN", "SQ"].contains(String(decoding: bytes[4..<6], as: UTF8.self))
    let length = isExplicit ? (long ? word(8) + 4 : word(6)) : (high == 0 ? low : .max)
    guard length < bytes.count - 12 else { return nil }
    let next = 8 + length
    return word(next) == group && word(next + 2) > word(2) ? isExplicit : nil
  }
}
