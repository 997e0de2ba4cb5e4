import ModelFormats

/// What stands before a BMP's pixels: headers of Windows 2 to 5 and of OS/2, as Pillow 13 reads them.
struct BMPHeader {
  enum Compression: Equatable { case none, runs8, runs4, masks }

  let size: ImageSize
  let bits: Int
  let compression: Compression
  let isTopDown: Bool
  /// Where the pixels begin.
  let start: Int
  /// Red, green and blue of each colour; empty without a palette.
  let palette: [[UInt8]]
  /// Which bits of a pixel are red, green and blue, of one of 16 or 32.
  let masks: [UInt32]

  /// By their sizes: OS/2 1, Windows 3, its versions 2 and 3, OS/2 2, Windows 4 and 5.
  private static let sizes = [12, 40, 52, 56, 64, 108, 124]

  /// Whether a file begins so, as far as `prefix` goes.
  static func recognizes(_ prefix: UnsafeRawBufferPointer) -> Bool {
    guard prefix.count >= 10, prefix[0] == UInt8(ascii: "B"), prefix[1] == UInt8(ascii: "M") else { return false }
    if prefix.count < 18 { return prefix[6..<10].allSatisfy { $0 == 0 } }
    return sizes.contains(long(prefix, 14))
  }

  /// - Throws: `InputError` without a subject: cut short, or of a kind that is not read.
  init(_ bytes: UnsafeRawBufferPointer) throws(InputError) {
    guard bytes.count >= 18, bytes.count >= 14 + Self.long(bytes, 14) else {
      throw Self.damaged("the file is cut short in its header")
    }
    let headerSize = Self.long(bytes, 14)
    guard Self.sizes.contains(headerSize) else { throw Self.damaged("its header is \(headerSize) bytes long") }
    let isCore = headerSize == 12
    isTopDown = !isCore && bytes[25] == 0xFF
    if isCore {
      size = ImageSize(width: Self.word(bytes, 18), height: Self.word(bytes, 20))
    } else {
      let height = Self.long(bytes, 22)
      size = ImageSize(width: Self.long(bytes, 18), height: isTopDown ? 1 << 32 - height : height)
    }
    guard size.width > 0, size.height > 0, size.width < 1 << 31 else { throw Self.damaged("it has no pixels") }
    bits = Self.word(bytes, isCore ? 24 : 28)
    if headerSize != 64, !isCore, let inner = Self.inner(Self.long(bytes, 30)) {
      // Its pixels are a whole file.
      let start = Self.long(bytes, 10)
      throw InputError(
        "", "is a BMP that holds \(inner), which is not read as such",
        remedy: "tail -c +\((start == 0 ? 14 + headerSize : start) + 1) x.bmp | gradcam explain - …"
      ).blaming(.kind)
    }
    guard [1, 4, 8, 16, 24, 32].contains(bits) else { throw Self.damaged("it has \(bits) bits a pixel") }
    compression = try Self.compression(isCore ? 0 : Self.long(bytes, 30), bits)
    var end = 14 + headerSize
    masks = try Self.masks(bytes, headerSize, bits, compression, &end)
    let declared = isCore ? 0 : Self.long(bytes, 46)
    let colors = declared == 0 ? 1 << bits : declared
    let entry = isCore ? 3 : 4
    guard bits > 8 || colors <= 65536 else { throw Self.damaged("its palette has \(colors) colours") }
    palette = bits > 8 ? [] : Self.palette(bytes, from: end, count: min(colors, 1 << bits), entry: entry)
    let offset = Self.long(bytes, 10)
    // Some writers give the header's end for that of the palette.
    start =
      offset == 0
      ? end + (bits <= 8 ? entry * colors : 0) : offset + (offset == 14 + headerSize && bits <= 8 ? entry * colors : 0)
  }

  static func damaged(_ problem: Message) -> InputError { InputError("", "is a damaged BMP: \(problem)") }

  /// Whether every colour of the palette is its own number in gray, or black and white.
  var isGray: Bool {
    !palette.isEmpty
      && palette.enumerated().allSatisfy { index, color in
        color.allSatisfy { $0 == (palette.count == 2 ? UInt8(index * 255) : UInt8(index)) }
      }
  }

  /// What stands in place of pixels: `BI_JPEG` and `BI_PNG`.
  private static func inner(_ compression: Int) -> String? { [4: "a JPEG", 5: "a PNG"][compression] }

  private static func compression(_ number: Int, _ bits: Int) throws(InputError) -> Compression {
    switch (number, bits) {
    case (0, _): return .none
    case (1, 8): return .runs8
    case (2, 4): return .runs4
    case (3, 16), (3, 24), (3, 32), (6, 16), (6, 32): return .masks
    default: throw damaged("its compression is \(number) with \(bits) bits a pixel")
    }
  }

  private static func masks(
    _ bytes: UnsafeRawBufferPointer, _ headerSize: Int, _ bits: Int, _ compression: Compression, _ end: inout Int
  ) throws(InputError) -> [UInt32] {
    let usual: [UInt32] = bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF]
    guard compression == .masks else { return usual }
    guard bytes.count >= 66 else { throw damaged("the file is cut short in its header") }
    if headerSize == 40 { end += 12 }
    let masks = [54, 58, 62].map { UInt32(truncatingIfNeeded: long(bytes, $0)) }
    if masks.allSatisfy({ $0 == 0 }) { return usual }
    for mask in masks {
      // Bits that lie side by side.
      guard mask > 0, mask >> UInt32(mask.trailingZeroBitCount) & (mask >> UInt32(mask.trailingZeroBitCount) &+ 1) == 0
      else { throw damaged("the bits of its colours make no sense") }
    }
    return masks
  }

  private static func palette(
    _ bytes: UnsafeRawBufferPointer, from start: Int, count: Int, entry: Int
  ) -> [[UInt8]] {
    let there = max(0, min(count, (bytes.count - start) / entry))
    return (0..<there).map { index in
      let place = start + index * entry
      return [bytes[place + 2], bytes[place + 1], bytes[place]]
    }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Int {
    Int(bytes[place]) | Int(bytes[place + 1]) << 8
  }
  private static func long(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Int {
    word(bytes, place) | word(bytes, place + 2) << 16
  }
}
