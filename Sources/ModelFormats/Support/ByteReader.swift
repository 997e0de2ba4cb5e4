/// A cursor over a file's bytes that cannot leave them: whatever a file claims to have beyond its end is an error.
///
/// Numbers are little endian, as in every format that is read here.
struct ByteReader {
  /// What may be read; positions count from its start.
  let region: ByteRegion
  private(set) var position = 0

  init(_ region: ByteRegion) { self.region = region }

  var remaining: Int { region.count - position }

  /// The next number.
  mutating func read<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type = Number.self
  ) throws(InputError) -> Number {
    try check(MemoryLayout<Number>.size)
    let number = region.bytes.loadUnaligned(fromByteOffset: position, as: Number.self)
    position += MemoryLayout<Number>.size
    return Number(littleEndian: number)
  }

  /// The next number as a length, an offset or a count.
  mutating func readCount<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) throws(InputError) -> Int {
    let number = try read(type)
    guard let count = Int(exactly: number), count >= 0 else {
      throw InputError("", "is damaged: it gives the length \(number) before byte \(region.offset + position)")
    }
    return count
  }

  /// The next `count` bytes.
  mutating func take(_ count: Int) throws(InputError) -> ByteRegion {
    try check(count)
    defer { position += count }
    return ByteRegion(region.file, offset: region.offset + position, count: count)
  }

  /// The bytes before the next line feed, which is passed over.
  mutating func takeLine() throws(InputError) -> ByteRegion {
    let rest = region.bytes[position...]
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
      throw InputError("", "is cut short or damaged: the line at byte \(region.offset + position) has no end")
    }
    let line = try take(end - position)
    position += 1
    return line
  }

  /// Goes to `position`, counted from the region's start.
  mutating func seek(to position: Int) throws(InputError) {
    guard position >= 0, position <= region.count else {
      throw InputError("", "is cut short or damaged: it names byte \(position) of \(region.count)")
    }
    self.position = position
  }

  private func check(_ count: Int) throws(InputError) {
    guard count >= 0, count <= remaining else {
      throw InputError(
        "",
        "is cut short or damaged: \(count) bytes are due at byte \(region.offset + position), and \(remaining) are left"
      )
    }
  }
}
