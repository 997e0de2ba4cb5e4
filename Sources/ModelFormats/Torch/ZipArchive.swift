/// A zip archive whose entries are stored as they are, which is how PyTorch writes checkpoints.
///
/// Reads what APPNOTE.TXT calls the central directory, with the zip64 sizes that files over 4 GB need. Checksums are not
/// verified: that would read every page of a file that is otherwise only mapped.
struct ZipArchive {
  struct Entry {
    let name: String
    /// The bytes as the archive has them.
    let data: ByteRegion
    let isCompressed: Bool
  }

  /// The entries in the directory's order.
  let entries: [Entry]
  private let indices: [String: Int]

  static let entryLimit = 1 << 20

  static func looksLikeIt(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: [0x50, 0x4b, 3, 4]) || bytes.starts(with: [0x50, 0x4b, 5, 6])
  }

  /// Reads the directory of `file` and checks that each entry lies inside the file, by itself, as its own header says.
  ///
  /// - Throws: `InputError` without a subject: an archive that is cut short, encrypted entries, names that occur twice,
  ///   entries that overlap.
  init(_ file: FileBytes) throws(InputError) {
    let directory = try Directory(file)
    var reader = ByteReader(directory.region)
    var (entries, spans, indices): ([Entry], [Range<Int>], [String: Int]) = ([], [], [:])
    for _ in 0..<directory.count {
      let header = try CentralHeader(&reader)
      let (data, span) = try header.locate(in: file, before: directory.region.offset)
      guard indices.updateValue(entries.count, forKey: header.name) == nil else {
        throw InputError("", "is a damaged zip archive: it has two entries called \(header.name.printable)")
      }
      entries.append(Entry(name: header.name, data: data, isCompressed: header.isCompressed))
      spans.append(span)
    }
    guard reader.remaining == 0 else {
      throw InputError("", "is a damaged zip archive: its directory goes on after its \(directory.count) entries")
    }
    spans.sort { $0.lowerBound < $1.lowerBound }
    for (before, after) in zip(spans, spans.dropFirst()) where after.lowerBound < before.upperBound {
      throw InputError("", "is a damaged zip archive: two entries share byte \(after.lowerBound)")
    }
    (self.entries, self.indices) = (entries, indices)
  }

  /// The bytes of the entry called `name`.
  subscript(name: String) -> ByteRegion? { indices[name].map { entries[$0].data } }

  /// Refuses an archive with compressed entries.
  ///
  /// - Parameter isRead: whether an entry of that name counts.
  func expectStored(_ isRead: (String) -> Bool = { _ in true }) throws(InputError) {
    guard let entry = entries.first(where: { $0.isCompressed && isRead($0.name) }) else { return }
    throw InputError(
      "", "has a compressed entry, \(entry.name.printable), and only stored ones are read",
      remedy: "a checkpoint as torch.save writes it has no compressed entries")
  }
}

/// Where the central directory is, from the record at the archive's end.
private struct Directory {
  let region: ByteRegion
  let count: Int

  init(_ file: FileBytes) throws(InputError) {
    let end = try Self.findEnd(file.bytes)
    var reader = ByteReader(file.region)
    try reader.seek(to: end + 4)
    guard try reader.read(UInt16.self) == 0, try reader.read(UInt16.self) == 0 else {
      throw InputError("", "is one part of a zip archive in several")
    }
    _ = try reader.read(UInt16.self)
    var count = try reader.readCount(UInt16.self)
    var size = try reader.readCount(UInt32.self)
    var offset = try reader.readCount(UInt32.self)
    var limit = end
    if end >= 20, file.bytes.loadUnaligned(fromByteOffset: end - 20, as: UInt32.self).littleEndian == 0x0706_4b50 {
      try reader.seek(to: end - 20 + 8)
      limit = try reader.readCount(UInt64.self)
      try reader.seek(to: limit)
      guard try reader.read(UInt32.self) == 0x0606_4b50, limit < end else {
        throw InputError("", "is a damaged zip archive: its zip64 record is not at byte \(limit)")
      }
      _ = try reader.take(28)
      count = try reader.readCount(UInt64.self)
      size = try reader.readCount(UInt64.self)
      offset = try reader.readCount(UInt64.self)
    }
    guard size <= limit, offset <= limit - size else {
      throw InputError("", "is a damaged zip archive: its directory does not lie before byte \(limit)")
    }
    guard count <= ZipArchive.entryLimit, count <= size / 46 else {
      throw InputError("", "is a damaged zip archive: \(count) entries do not fit a directory of \(size) bytes")
    }
    self.count = count
    region = ByteRegion(file, offset: offset, count: size)
  }

  /// The place of the end of central directory record: 22 bytes and a comment, which ends where the file does.
  private static func findEnd(_ bytes: UnsafeRawBufferPointer) throws(InputError) -> Int {
    var place = bytes.count - 22
    let first = max(0, place - 0xffff)
    while place >= first {
      if bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self).littleEndian == 0x0605_4b50 {
        let comment = bytes.loadUnaligned(fromByteOffset: place + 20, as: UInt16.self).littleEndian
        if place + 22 + Int(comment) == bytes.count { return place }
      }
      place -= 1
    }
    throw InputError(
      "", "is cut short: it begins as a zip archive, and the directory at its end is missing",
      remedy: "copy or download it again")
  }
}

/// What the central directory says of an entry.
private struct CentralHeader {
  let name: String
  private let nameRegion: ByteRegion
  let isCompressed: Bool
  /// Bytes in the archive.
  private let size: Int
  private let offset: Int

  init(_ reader: inout ByteReader) throws(InputError) {
    guard try reader.read(UInt32.self) == 0x0201_4b50 else {
      throw InputError("", "is a damaged zip archive: its directory is not one")
    }
    _ = try reader.take(4)
    let flags = try reader.read(UInt16.self)
    let method = try reader.read(UInt16.self)
    _ = try reader.take(8)
    var stored = try reader.readCount(UInt32.self)
    var size = try reader.readCount(UInt32.self)
    let nameCount = try reader.readCount(UInt16.self)
    let extraCount = try reader.readCount(UInt16.self)
    let commentCount = try reader.readCount(UInt16.self)
    _ = try reader.take(8)
    var offset = try reader.readCount(UInt32.self)
    nameRegion = try reader.take(nameCount)
    name = String(decoding: nameRegion.bytes, as: UTF8.self)
    var wide = try Self.zip64(in: reader.take(extraCount))
    _ = try reader.take(commentCount)
    // The zip64 field has only those of the numbers that did not fit, in this order.
    if size == 0xffff_ffff, var reader = wide { (size, wide) = (try reader.readCount(UInt64.self), reader) }
    if stored == 0xffff_ffff, var reader = wide { (stored, wide) = (try reader.readCount(UInt64.self), reader) }
    if offset == 0xffff_ffff, var reader = wide { (offset, wide) = (try reader.readCount(UInt64.self), reader) }
    guard flags & 1 == 0 else { throw InputError("", "has an encrypted entry, \(name.printable), which is not read") }
    isCompressed = method != 0
    guard isCompressed || stored == size else {
      throw InputError("", "is a damaged zip archive: entry \(name.printable) has two sizes")
    }
    (self.size, self.offset) = (stored, offset)
  }

  private static func zip64(in extra: ByteRegion) throws(InputError) -> ByteReader? {
    var reader = ByteReader(extra)
    while reader.remaining >= 4 {
      let id = try reader.read(UInt16.self)
      let field = try reader.take(reader.readCount(UInt16.self))
      if id == 1 { return ByteReader(field) }
    }
    return nil
  }

  /// The entry's data, and all the bytes it takes up with its own header.
  func locate(in file: FileBytes, before limit: Int) throws(InputError) -> (data: ByteRegion, span: Range<Int>) {
    var reader = ByteReader(ByteRegion(file, offset: 0, count: limit))
    try reader.seek(to: offset)
    let misplaced = InputError(
      "", "is a damaged zip archive: entry \(name.printable) is not where its directory says")
    guard try reader.read(UInt32.self) == 0x0403_4b50 else { throw misplaced }
    _ = try reader.take(2)
    let flags = try reader.read(UInt16.self)
    let method = try reader.read(UInt16.self)
    _ = try reader.take(8)
    let stored = try reader.readCount(UInt32.self)
    _ = try reader.take(4)
    let nameCount = try reader.readCount(UInt16.self)
    let extraCount = try reader.readCount(UInt16.self)
    let localName = try reader.take(nameCount)
    // With flag 8 the sizes follow the data, and the header has zeros or whatever was known.
    let sizeAgrees = stored == size || stored == 0xffff_ffff || flags & 8 != 0
    guard (method != 0) == isCompressed, sizeAgrees, localName.bytes.elementsEqual(nameRegion.bytes) else {
      throw misplaced
    }
    _ = try reader.take(extraCount)
    let data = try reader.take(size)
    return (data, offset..<reader.position)
  }
}
