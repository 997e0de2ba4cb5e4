import ModelFormats

/// Reads Netpbm's PBM, PGM and PPM, binary (P4, P5, P6) and plain (P1, P2, P3), as its manual pages of these names
/// describe them.
///
/// Samples of up to eight bits are Pillow's, to the byte: scaled by the largest value that the header names, half to even.
/// Those of more stay as they are. Of several pictures in a row the first is read.
enum PNMDecoder {
  /// Whether a file begins as one of these, as far as `prefix` goes.
  static func recognizes(_ prefix: UnsafeRawBufferPointer) -> Bool {
    guard PNMKind(prefix) != nil else { return false }
    var scanner = PNMScanner(prefix, from: PNMKind.magicCount)
    // A text may begin with such a letter and digit, but hardly with two numbers behind them.
    return (0..<2).allSatisfy { _ in scanner.next() != .other }
  }

  /// Decodes the picture that `bytes` begin with.
  ///
  /// - Throws: `InputError` without a subject: damaged, cut short, or too large.
  static func decode(_ bytes: UnsafeRawBufferPointer, options: ImageDecoder.Options) throws(InputError) -> DecodedImage
  {
    guard let kind = PNMKind(bytes) else { throw InputError("", "is not a PNM image") }
    var scanner = PNMScanner(bytes, from: PNMKind.magicCount)
    let header = try PNMHeader(kind, &scanner)
    try options.check(header.size)
    try options.admit?(
      PictureExtent(
        whole: header.size, size: header.size, channels: kind.channels, sampleBytes: header.most > 255 ? 2 : 1))
    let raster = scanner.rest
    var decoded = DecodedImage(try content(header, &scanner), most: kind.isBitmap ? 255 : header.most)
    let excess = kind.isPlain ? 0 : excess(header, raster)
    if excess > 0 {
      decoded.isDamaged = true
      let samples = excess == 1 ? "1 sample is" : "\(excess) samples are"
      decoded.warning = "is damaged: \(samples) above its largest value, \(header.most)"
    }
    return decoded
  }

  private static func content(
    _ header: PNMHeader, _ scanner: inout PNMScanner
  ) throws(InputError) -> DecodedImage.Content {
    let kind = header.kind
    guard header.most > 255 else {
      let samples = kind.isPlain ? try plain(header, &scanner) : try binary(header, scanner.rest)
      return .plain(
        Image(width: header.size.width, height: header.size.height, channels: kind.channels, samples: samples))
    }
    let samples = kind.isPlain ? try deepPlain(header, &scanner) : try deepBinary(header, scanner.rest)
    // Pillow keeps gray as integers of 16 bits, and rounds colour to 8.
    return .deep(
      DeepImage(
        width: header.size.width, height: header.size.height, channels: kind.channels, samples: samples,
        most: header.most, narrowing: kind.channels == 1 ? .cut : .rounded))
  }

  /// How many samples of a binary picture the format does not allow; Pillow takes them for white.
  ///
  /// - Precondition: the samples are all there.
  private static func excess(_ header: PNMHeader, _ raster: UnsafeRawBufferPointer) -> Int {
    if header.kind.isBitmap || header.most == 255 || header.most == 65535 { return 0 }
    return (0..<header.sampleCount).count { index in
      header.sampleBytes == 1 ? Int(raster[index]) > header.most : deepSample(raster, index) > header.most
    }
  }

  private static func deepSample(_ raster: UnsafeRawBufferPointer, _ index: Int) -> UInt16 {
    UInt16(raster[index * 2]) << 8 | UInt16(raster[index * 2 + 1])
  }

  private static func checkCount(_ header: PNMHeader, _ raster: UnsafeRawBufferPointer) throws(InputError) {
    let missing = header.rowBytes * header.size.height - raster.count
    guard missing <= 0 else {
      throw header.kind.damaged("\(missing) of its \(missing + raster.count) bytes of samples are missing")
    }
  }

  private static func binary(_ header: PNMHeader, _ raster: UnsafeRawBufferPointer) throws(InputError) -> [UInt8] {
    try checkCount(header, raster)
    if header.kind.isBitmap { return unpackedBits(header, raster) }
    if header.most == 255 { return Array(raster.prefix(header.sampleCount)) }
    let levels = header.levels
    return (0..<header.sampleCount).map { levels[Int(raster[$0])] }
  }

  /// Two bytes a sample, the higher first; values above the largest are white, as Pillow has them.
  private static func deepBinary(_ header: PNMHeader, _ raster: UnsafeRawBufferPointer) throws(InputError) -> [UInt16] {
    try checkCount(header, raster)
    let most = UInt16(header.most)
    return (0..<header.sampleCount).map { min(deepSample(raster, $0), most) }
  }

  /// Rows of bits, the highest first, each row filled up to whole bytes; a set bit is black.
  private static func unpackedBits(_ header: PNMHeader, _ raster: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: header.sampleCount) { samples, initialized in
      for y in 0..<header.size.height {
        for x in 0..<header.size.width {
          let isBlack = raster[y * header.rowBytes + x / 8] << (x % 8) & 0x80 != 0
          samples.initializeElement(at: y * header.size.width + x, to: isBlack ? 0 : 255)
        }
      }
      initialized = header.sampleCount
    }
  }

  /// Decimal numbers; in a bitmap digits, with or without blanks between them.
  private static func plain(_ header: PNMHeader, _ scanner: inout PNMScanner) throws(InputError) -> [UInt8] {
    let levels = header.levels
    return try plain(header, &scanner) { levels[$0] }
  }

  private static func deepPlain(_ header: PNMHeader, _ scanner: inout PNMScanner) throws(InputError) -> [UInt16] {
    try plain(header, &scanner) { UInt16($0) }
  }

  private static func plain<Sample>(
    _ header: PNMHeader, _ scanner: inout PNMScanner, _ sample: (Int) -> Sample
  ) throws(InputError) -> [Sample] {
    let kind = header.kind
    var samples: [Sample] = []
    // Each takes a byte of the file, whatever the header claims.
    samples.reserveCapacity(min(header.sampleCount, scanner.rest.count))
    while samples.count < header.sampleCount {
      switch kind.isBitmap ? scanner.nextDigit() : scanner.next() {
      case .number(let value) where value <= header.most: samples.append(sample(value))
      case .number(let value): throw kind.damaged("it holds \(value), above its largest value, \(header.most)")
      case .other: throw kind.damaged("sample \(samples.count + 1) of \(header.sampleCount) is not a number")
      case .end:
        throw kind.damaged("\(header.sampleCount - samples.count) of its \(header.sampleCount) samples are missing")
      }
    }
    return samples
  }
}

/// Which of the six formats, told by a file's first two bytes.
private struct PNMKind {
  static let magicCount = 2
  let isPlain: Bool
  /// How the format is called.
  let name: String

  var isBitmap: Bool { name == "PBM" }
  var channels: Int { name == "PPM" ? 3 : 1 }

  /// nil where the file is of another kind.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.magicCount, bytes[0] == UInt8(ascii: "P") else { return nil }
    let digit = Int(bytes[1]) - Int(UInt8(ascii: "0"))
    guard (1...6).contains(digit), bytes.count == Self.magicCount || PNMScanner.separates(bytes[2]) else { return nil }
    isPlain = digit <= 3
    name = ["PBM", "PGM", "PPM"][(digit - 1) % 3]
  }

  func damaged(_ problem: String) -> InputError { InputError("", "is a damaged \(name): \(problem)") }
}

/// What stands before the samples.
private struct PNMHeader {
  let kind: PNMKind
  let size: ImageSize
  /// The value that stands for white, or for all of a colour; 1 to 65535.
  let most: Int

  /// - Throws: `InputError` saying which number is missing or impossible.
  init(_ kind: PNMKind, _ scanner: inout PNMScanner) throws(InputError) {
    self.kind = kind
    func number(_ name: String, to limit: Int) throws(InputError) -> Int {
      switch scanner.next() {
      case .number(let value) where (1...limit).contains(value): return value
      case .number(let value): throw kind.damaged("its \(name) is \(value), not one from 1 to \(limit)")
      case .other: throw kind.damaged("its \(name) is not a number")
      case .end: throw kind.damaged("the file ends before its \(name)")
      }
    }
    let width = try number("width", to: PNMScanner.largest)
    size = ImageSize(width: width, height: try number("height", to: PNMScanner.largest))
    most = kind.isBitmap ? 1 : try number("largest value", to: 65535)
  }

  var sampleCount: Int { size.width * size.height * kind.channels }
  var sampleBytes: Int { most < 256 ? 1 : 2 }
  var rowBytes: Int { kind.isBitmap ? (size.width + 7) / 8 : size.width * kind.channels * sampleBytes }

  /// What every value that a byte can store is in eight bits.
  var levels: [UInt8] {
    if kind.isBitmap { return [255, 0] }
    // In Pillow's order, which decides how halves come out.
    return (0...255).map { UInt8(min(255, (Double($0) / Double(most) * 255).rounded(.toNearestOrEven))) }
  }
}

/// Steps through a file's numbers.
private struct PNMScanner {
  enum Token: Equatable { case number(Int), other, end }

  /// The largest number that is read; Pillow, too, takes ten digits.
  static let largest = 9_999_999_999
  private let bytes: UnsafeRawBufferPointer
  private var offset: Int

  init(_ bytes: UnsafeRawBufferPointer, from offset: Int) {
    (self.bytes, self.offset) = (bytes, min(offset, bytes.count))
  }

  /// What was not read yet.
  var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[offset...]) }

  /// The next token, taken with the one blank behind it. A comment does not end a token: the format has it so.
  mutating func next() -> Token {
    var (value, count, isNumber) = (0, 0, true)
    while let byte = nextOutsideComments() {
      if Self.isBlank(byte) {
        if count > 0 { break }
        continue
      }
      count += 1
      isNumber = isNumber && Self.isDigit(byte) && count <= 10
      if isNumber { value = value * 10 + Int(byte - UInt8(ascii: "0")) }
    }
    return count == 0 ? .end : isNumber ? .number(value) : .other
  }

  /// The next digit.
  mutating func nextDigit() -> Token {
    while let byte = nextOutsideComments() {
      if !Self.isBlank(byte) { return Self.isDigit(byte) ? .number(Int(byte - UInt8(ascii: "0"))) : .other }
    }
    return .end
  }

  /// Whether a byte may follow the format's letter and digit: a blank, or the beginning of a comment.
  static func separates(_ byte: UInt8) -> Bool { isBlank(byte) || byte == UInt8(ascii: "#") }

  private mutating func nextOutsideComments() -> UInt8? {
    while offset < bytes.count {
      let byte = bytes[offset]
      offset += 1
      guard byte == UInt8(ascii: "#") else { return byte }
      while offset < bytes.count {
        offset += 1
        if bytes[offset - 1] == UInt8(ascii: "\n") || bytes[offset - 1] == UInt8(ascii: "\r") { break }
      }
    }
    return nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (0x09...0x0D).contains(byte) }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
