import ModelFormats

/// Inflates the deflate format of RFC 1951, without a header.
enum Inflate {
  /// Inflates `bytes`, up to `limit` bytes of output.
  ///
  /// - Throws: `InputError` without a subject where the data make no sense or are cut short; its problem is a clause by itself.
  static func inflate(_ bytes: UnsafeRawBufferPointer, limit: Int) throws(InputError) -> [UInt8] {
    var stream = InflateStream(bytes)
    var output: [UInt8] = []
    var isLast = false
    while !isLast && output.count < limit {
      isLast = try stream.bits(1) == 1
      switch try stream.bits(2) {
      case 0: try stream.copyStored(&output, limit)
      case 1: try stream.copyCodes(fixedLiterals, fixedDistances, &output, limit)
      case 2:
        let (literals, distances) = try stream.tables()
        try stream.copyCodes(literals, distances, &output, limit)
      default: throw damaged
      }
    }
    return output
  }

  static var damaged: InputError { InputError("", "its deflated data make no sense") }

  private static let fixedLiterals = InflateCodes((0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
  private static let fixedDistances = InflateCodes([Int](repeating: 5, count: 30))
}

/// A canonical code: how many codes there are of each length, and what they stand for, in their order.
private struct InflateCodes {
  fileprivate var counts = [Int](repeating: 0, count: 16)
  fileprivate var symbols: [Int]
  /// Of the codes: below 0 where there are more than lengths allow, above where some are unused.
  fileprivate private(set) var left = 1

  /// - Parameter lengths: by symbol, 0 for one without a code.
  init(_ lengths: [Int]) {
    for length in lengths { counts[length] += 1 }
    counts[0] = 0
    var starts = [Int](repeating: 0, count: 17)
    for length in 1...15 { starts[length + 1] = starts[length] + counts[length] }
    symbols = [Int](repeating: 0, count: starts[16])
    for (symbol, length) in lengths.enumerated() where length > 0 {
      symbols[starts[length]] = symbol
      starts[length] += 1
    }
    for length in 1...15 { left = left * 2 - counts[length] }
  }
}

private struct InflateStream {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var held: UInt64 = 0
  private var heldCount = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func bits(_ count: Int) throws(InputError) -> Int {
    while heldCount < count {
      guard position < bytes.count else { throw InputError("", "its deflated data are cut short") }
      held |= UInt64(bytes[position]) << UInt64(heldCount)
      position += 1
      heldCount += 8
    }
    defer {
      held >>= UInt64(count)
      heldCount -= count
    }
    return Int(held & (1 << UInt64(count) - 1))
  }

  /// The symbol that the next code stands for, read bit by bit.
  private mutating func symbol(_ codes: borrowing InflateCodes) throws(InputError) -> Int {
    var (code, first, index) = (0, 0, 0)
    for length in 1...15 {
      code |= try bits(1)
      let count = codes.counts[length]
      if code - first < count { return codes.symbols[index + code - first] }
      index += count
      first = (first + count) << 1
      code <<= 1
    }
    throw Inflate.damaged
  }

  mutating func copyStored(_ output: inout [UInt8], _ limit: Int) throws(InputError) {
    (held, heldCount) = (0, 0)
    let (length, complement) = (try bits(16), try bits(16))
    guard length == complement ^ 0xFFFF else { throw Inflate.damaged }
    guard length <= bytes.count - position else { throw InputError("", "its deflated data are cut short") }
    output += bytes[position..<position + min(length, limit - output.count)]
    position += length
  }

  mutating func copyCodes(
    _ literals: InflateCodes, _ distances: InflateCodes, _ output: inout [UInt8], _ limit: Int
  ) throws(InputError) {
    while output.count < limit {
      let symbol = try symbol(literals)
      if symbol < 256 {
        output.append(UInt8(symbol))
      } else if symbol == 256 {
        return
      } else {
        guard symbol - 257 < Self.lengths.count else { throw Inflate.damaged }
        let (base, extra) = Self.lengths[symbol - 257]
        let length = base + (try bits(extra))
        let place = try self.symbol(distances)
        guard place < Self.distances.count else { throw Inflate.damaged }
        let distance = Self.distances[place].base + (try bits(Self.distances[place].extra))
        guard distance <= output.count else { throw Inflate.damaged }
        for _ in 0..<min(length, limit - output.count) { output.append(output[output.count - distance]) }
      }
    }
  }

  /// The codes that a block brings with it.
  mutating func tables() throws(InputError) -> (InflateCodes, InflateCodes) {
    let (literalCount, distanceCount, lengthCount) = (try bits(5) + 257, try bits(5) + 1, try bits(4) + 4)
    guard literalCount <= 286, distanceCount <= 30 else { throw Inflate.damaged }
    var lengthLengths = [Int](repeating: 0, count: 19)
    for place in Self.order.prefix(lengthCount) { lengthLengths[place] = try bits(3) }
    let lengthCodes = InflateCodes(lengthLengths)
    guard lengthCodes.left == 0 else { throw Inflate.damaged }
    var lengths: [Int] = []
    while lengths.count < literalCount + distanceCount {
      let symbol = try symbol(lengthCodes)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw Inflate.damaged }
        lengths += repeatElement(last, count: 3 + (try bits(2)))
      case 17: lengths += repeatElement(0, count: 3 + (try bits(3)))
      case 18: lengths += repeatElement(0, count: 11 + (try bits(7)))
      default: lengths.append(symbol)
      }
    }
    guard lengths.count == literalCount + distanceCount, lengths[256] != 0 else { throw Inflate.damaged }
    let literals = InflateCodes(Array(lengths[..<literalCount]))
    let distances = InflateCodes(Array(lengths[literalCount...]))
    // A code may be incomplete where it has one symbol alone.
    guard literals.left == 0 || literals.left > 0 && literals.symbols.count == 1,
      distances.left == 0 || distances.left > 0 && distances.symbols.count <= 1
    else { throw Inflate.damaged }
    return (literals, distances)
  }

  /// In what order a block gives the lengths of the codes of lengths.
  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

  private static let lengths: [(base: Int, extra: Int)] = (0..<29).map { place in
    if place == 28 { return (258, 0) }
    let extra = max(place / 4 - 1, 0)
    return (place < 8 ? place + 3 : (4 + place % 4) << extra + 3, extra)
  }

  private static let distances: [(base: Int, extra: Int)] = (0..<30).map { place in
    let extra = max(place / 2 - 1, 0)
    return (place < 4 ? place + 1 : (2 + place % 2) << extra + 1, extra)
  }
}
