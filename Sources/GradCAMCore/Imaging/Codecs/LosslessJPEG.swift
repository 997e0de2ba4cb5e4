import ModelFormats

/// Reads JPEG without loss: process 14 of ITU-T T.81, Huffman codes of differences to a prediction (annex H). All seven predictors, 2 to 16
/// bits, point transforms, restarts, one to four components in one scan or in several.
enum LosslessJPEG {
  /// The samples, the channels of a pixel side by side.
  ///
  /// - Parameter header: the stream's own.
  /// - Throws: `InputError` without a subject: damaged, cut short, or with components of several sizes.
  static func decode(_ bytes: [UInt8], _ header: JPEGHeader) throws(InputError) -> [UInt16] {
    guard header.isLossless, (2...16).contains(header.bits), (1...4).contains(header.components),
      header.size.width > 0, header.size.height > 0
    else { throw damaged("its frame header makes no sense") }
    guard header.components == 1 || Set(header.samplings).count == 1 else {
      throw InputError(
        "", "is a lossless JPEG with components of several sizes, which is not read", remedy: "dcmdjpeg in.dcm out.dcm")
    }
    var picture = LosslessPicture(header)
    var segments = JPEGSegments(bytes, from: 2)
    while !picture.isComplete, let (marker, body) = try segments.next() {
      switch marker {
      case 0xC4: try picture.define(Array(body))
      case 0xDD:
        guard body.count >= 2 else { throw damaged("its restart interval is cut short") }
        picture.restartInterval = Int(body[body.startIndex]) << 8 | Int(body[body.startIndex + 1])
      case 0xDA:
        segments.seek(to: try picture.readScan(Array(body), bytes, from: segments.position))
      case 0xD9: throw damaged("some of its components are missing")
      default: break
      }
    }
    guard picture.isComplete else { throw damaged("it is cut short") }
    return picture.samples
  }

  static func damaged(_ problem: Message) -> InputError { InputError("", "is a damaged JPEG: \(problem)") }
}

/// A picture whose scans are read one after the other.
private struct LosslessPicture {
  let header: JPEGHeader
  var samples: [UInt16]
  /// In pixels; 0 for none.
  var restartInterval = 0
  private var tables = [LosslessCodes?](repeating: nil, count: 4)
  private var isRead: [Bool]

  init(_ header: JPEGHeader) {
    self.header = header
    samples = [UInt16](repeating: 0, count: header.size.width * header.size.height * header.components)
    isRead = [Bool](repeating: false, count: header.components)
  }

  var isComplete: Bool { isRead.allSatisfy { $0 } }

  /// Reads a segment of Huffman tables.
  mutating func define(_ body: [UInt8]) throws(InputError) {
    var position = 0
    while position < body.count {
      guard body.count - position >= 17 else { throw LosslessJPEG.damaged("a Huffman table is cut short") }
      let place = Int(body[position] & 15)
      let counts = body[position + 1..<position + 17].map(Int.init)
      let count = counts.reduce(0, +)
      position += 17
      guard count <= body.count - position else { throw LosslessJPEG.damaged("a Huffman table is cut short") }
      // Tables of other classes are of no use here.
      if body[position - 17] < 4 {
        tables[place] = try LosslessCodes(counts: counts, values: Array(body[position..<position + count]))
      }
      position += count
    }
  }

  /// Reads the samples of a scan.
  ///
  /// - Returns: where the next marker is.
  mutating func readScan(_ body: [UInt8], _ bytes: [UInt8], from start: Int) throws(InputError) -> Int {
    guard let count = body.first.map(Int.init), (1...4).contains(count), body.count >= 4 + 2 * count else {
      throw LosslessJPEG.damaged("a scan's header is cut short")
    }
    var (channels, codes): ([Int], [LosslessCodes]) = ([], [])
    for index in 0..<count {
      guard let channel = header.identifiers.firstIndex(of: body[1 + 2 * index]), !channels.contains(channel) else {
        throw LosslessJPEG.damaged("a scan names a component that it has not")
      }
      guard body[2 + 2 * index] >> 4 < 4, let table = tables[Int(body[2 + 2 * index] >> 4)] else {
        throw LosslessJPEG.damaged("a Huffman table is missing")
      }
      channels.append(channel)
      codes.append(table)
    }
    let (predictor, shift) = (Int(body[1 + 2 * count]), Int(body[3 + 2 * count] & 15))
    guard (1...7).contains(predictor), shift < header.bits else {
      throw LosslessJPEG.damaged("a scan's predictor or point transform makes no sense")
    }
    let width = header.size.width
    guard restartInterval % width == 0 else { throw LosslessJPEG.damaged("it restarts in the middle of a line") }
    var scan = LosslessScan(
      bits: header.bits, size: header.size, stride: header.components, channels: channels, codes: codes,
      predictor: predictor, shift: shift, restartLines: restartInterval / width)
    let end = try scan.read(bytes, from: start, into: &samples)
    for channel in channels { isRead[channel] = true }
    return end
  }
}

/// The codes of a Huffman table: how many bits the difference that follows has.
private struct LosslessCodes {
  /// By the next eight bits: a code's length above its value; 0 for one that is longer.
  private var short = [UInt16](repeating: 0, count: 256)
  /// By length, from 1: the first code, the last, and where its value is.
  private var first = [Int](repeating: 0, count: 17)
  private var last = [Int](repeating: -1, count: 17)
  private var places = [Int](repeating: 0, count: 17)
  private let values: [UInt8]

  init(counts: [Int], values: [UInt8]) throws(InputError) {
    guard values.allSatisfy({ $0 <= 16 }) else { throw LosslessJPEG.damaged("a Huffman table has impossible values") }
    self.values = values
    var (code, place) = (0, 0)
    for length in 1...16 {
      (first[length], places[length]) = (code, place)
      for _ in 0..<counts[length - 1] {
        guard code < 1 << length else { throw LosslessJPEG.damaged("a Huffman table has too many codes") }
        if length <= 8 {
          let start = code << (8 - length)
          for next in start..<start + 1 << (8 - length) { short[next] = UInt16(length) << 8 | UInt16(values[place]) }
        }
        (code, place) = (code + 1, place + 1)
      }
      last[length] = code - 1
      code <<= 1
    }
  }

  /// The length and the value of the code that 16 bits begin with; nil for none.
  func match(_ bits: Int) -> (length: Int, value: Int)? {
    let known = short[bits >> 8]
    if known > 0 { return (Int(known >> 8), Int(known & 255)) }
    for length in 9...16 {
      let code = bits >> (16 - length)
      if code <= last[length] && code >= first[length] {
        return (length, Int(values[places[length] + code - first[length]]))
      }
    }
    return nil
  }
}

/// One scan's samples.
private struct LosslessScan {
  let bits: Int
  let size: ImageSize
  /// From a pixel to the next.
  let stride: Int
  let channels: [Int]
  let codes: [LosslessCodes]
  let predictor: Int
  let shift: Int
  /// After how many lines the prediction begins anew; 0 for never.
  let restartLines: Int

  mutating func read(_ bytes: [UInt8], from start: Int, into samples: inout [UInt16]) throws(InputError) -> Int {
    var stream = LosslessBits(bytes, from: start)
    // What was coded, before the point transform is undone, of the line at hand and of the one above.
    var line = [[Int]](repeating: [Int](repeating: 0, count: size.width), count: channels.count)
    var above = line
    for y in 0..<size.height {
      let isFirst = restartLines > 0 ? y % restartLines == 0 : y == 0
      if isFirst && y > 0 { try stream.restart() }
      for x in 0..<size.width {
        for (index, channel) in channels.enumerated() {
          let prediction = prediction(x, line[index], above[index], isFirst: isFirst)
          let value = (prediction + (try difference(&stream, codes[index]))) & 0xFFFF
          line[index][x] = value
          samples[(y * size.width + x) * stride + channel] = UInt16(value << shift & (1 << bits - 1))
        }
      }
      swap(&line, &above)
    }
    return stream.position
  }

  /// Table H.1; without a line above, the sample to the left, and before the first of all half of what can be.
  private func prediction(_ x: Int, _ line: [Int], _ above: [Int], isFirst: Bool) -> Int {
    if isFirst { return x == 0 ? 1 << (bits - shift - 1) : line[x - 1] }
    if x == 0 { return above[0] }
    let (left, up, corner) = (line[x - 1], above[x], above[x - 1])
    switch predictor {
    case 1: return left
    case 2: return up
    case 3: return corner
    case 4: return left + up - corner
    case 5: return left + (up - corner) >> 1
    case 6: return up + (left - corner) >> 1
    default: return (left + up) >> 1
    }
  }

  private func difference(_ stream: inout LosslessBits, _ codes: LosslessCodes) throws(InputError) -> Int {
    guard let (length, count) = codes.match(stream.peek()) else {
      throw LosslessJPEG.damaged("its data hold a code that no table has")
    }
    try stream.skip(length)
    if count == 0 { return 0 }
    // Sixteen bits stand for one number, which takes none.
    if count == 16 { return 32768 }
    let value = stream.peek() >> (16 - count)
    try stream.skip(count)
    return value < 1 << (count - 1) ? value - 1 << count + 1 : value
  }
}

/// Reads bits up to the next marker, the highest first.
private struct LosslessBits {
  private let bytes: [UInt8]
  private(set) var position: Int
  private var held: UInt64 = 0
  private var heldCount = 0

  init(_ bytes: [UInt8], from position: Int) { (self.bytes, self.position) = (bytes, position) }

  /// The next 16 bits; zeros where the data have ended.
  mutating func peek() -> Int {
    while heldCount < 16, position < bytes.count {
      let byte = bytes[position]
      if byte == 0xFF {
        // A zero behind it says that it is no marker.
        guard position + 1 < bytes.count, bytes[position + 1] == 0 else { break }
        position += 1
      }
      position += 1
      held = held << 8 | UInt64(byte)
      heldCount += 8
    }
    return Int(heldCount >= 16 ? held >> UInt64(heldCount - 16) : held << UInt64(16 - heldCount)) & 0xFFFF
  }

  mutating func skip(_ count: Int) throws(InputError) {
    guard count <= heldCount else { throw LosslessJPEG.damaged("its data are cut short") }
    heldCount -= count
    held &= 1 << UInt64(heldCount) - 1
  }

  /// Goes on behind a restart marker.
  mutating func restart() throws(InputError) {
    (held, heldCount) = (0, 0)
    while position < bytes.count, bytes[position] != 0xFF { position += 1 }
    while position < bytes.count, bytes[position] == 0xFF { position += 1 }
    guard position < bytes.count, (0xD0...0xD7).contains(bytes[position]) else {
      throw LosslessJPEG.damaged("a restart marker is missing")
    }
    position += 1
  }
}
