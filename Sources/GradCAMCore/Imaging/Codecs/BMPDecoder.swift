import ModelFormats

/// Reads Windows' and OS/2's BMP: 1, 4, 8, 16, 24 and 32 bits a pixel, palettes, runs and bit masks. The samples are Pillow's, to the byte: gray
/// stays one channel where the palette's colours are their own numbers, or black and white; alpha is dropped.
enum BMPDecoder {
  /// - Throws: `InputError` without a subject: damaged, cut short, or too large.
  static func decode(_ bytes: UnsafeRawBufferPointer, options: ImageDecoder.Options) throws(InputError) -> DecodedImage
  {
    let header = try BMPHeader(bytes)
    try options.check(header.size)
    let isRuns = header.compression == .runs8 || header.compression == .runs4
    let count = header.size.width * header.size.height
    try checkCount(header, bytes, isRuns: isRuns)
    let channels = header.isGray ? 1 : 3
    try options.admit?(
      PictureExtent(
        whole: header.size, size: header.size, channels: channels, sampleBytes: 1, workingBytes: isRuns ? count : 0))
    guard header.bits <= 8 else {
      return DecodedImage(.plain(direct(header, bytes)))
    }
    let indices = isRuns ? try BMPRuns.decode(bytes, header) : nil
    var excess = false
    let image = Image(width: header.size.width, height: header.size.height, channels: channels) { target in
      let colors = table(header)
      for y in 0..<header.size.height {
        for x in 0..<header.size.width {
          let index = indices.map { Int($0[line(y, header) * header.size.width + x]) } ?? index(x, y, header, bytes)
          excess = excess || index >= header.palette.count
          for channel in 0..<channels {
            target[(y * header.size.width + x) * channels + channel] = colors[index * 3 + channel]
          }
        }
      }
    }
    var decoded = DecodedImage(.plain(image))
    if excess {
      decoded.isDamaged = true
      decoded.warning = "is damaged: its palette lacks colours"
    }
    return decoded
  }

  /// Refuses pixels that the file cannot hold.
  private static func checkCount(_ header: BMPHeader, _ bytes: UnsafeRawBufferPointer, isRuns: Bool) throws(InputError)
  {
    let there = max(0, bytes.count - header.start)
    if isRuns {
      // A run of 255 takes two bytes; pictures that are mostly left out are no pictures.
      guard header.size.width * header.size.height / 256 <= there else {
        throw BMPHeader.damaged("its runs are cut short")
      }
      return
    }
    let due = rowBytes(header) * header.size.height
    guard due <= there else { throw BMPHeader.damaged("\(due - there) of its \(due) bytes of pixels are missing") }
  }

  private static func rowBytes(_ header: BMPHeader) -> Int { (header.size.width * header.bits + 31) / 32 * 4 }

  /// Which of the stored lines is shown as line `y`.
  private static func line(_ y: Int, _ header: BMPHeader) -> Int { header.isTopDown ? y : header.size.height - 1 - y }

  /// The number of a pixel's colour, the first pixel in a byte's upper bits.
  private static func index(_ x: Int, _ y: Int, _ header: BMPHeader, _ bytes: UnsafeRawBufferPointer) -> Int {
    let bit = x * header.bits
    let byte = Int(bytes[header.start + line(y, header) * rowBytes(header) + bit / 8])
    return byte >> (8 - header.bits - bit % 8) & (1 << header.bits - 1)
  }

  /// The colours of all numbers; those that the palette lacks are black, as Pillow has them.
  private static func table(_ header: BMPHeader) -> [UInt8] {
    (0..<256).flatMap { $0 < header.palette.count ? header.palette[$0] : [0, 0, 0] }
  }

  /// Pixels that are colours themselves: each a share of what its bits can be, rounded down.
  private static func direct(_ header: BMPHeader, _ bytes: UnsafeRawBufferPointer) -> Image {
    let step = header.bits / 8
    let shifts = header.masks.map { UInt32($0.trailingZeroBitCount) }
    let mosts = zip(header.masks, shifts).map { UInt64($0 >> $1) }
    return Image(width: header.size.width, height: header.size.height, channels: 3) { target in
      for y in 0..<header.size.height {
        var (from, to) = (header.start + line(y, header) * rowBytes(header), y * header.size.width * 3)
        for _ in 0..<header.size.width {
          var pixel: UInt32 = 0
          for place in 0..<step { pixel |= UInt32(bytes[from + place]) << UInt32(8 * place) }
          for channel in 0..<3 {
            let value = UInt64((pixel & header.masks[channel]) >> shifts[channel])
            target[to + channel] = UInt8(value * 255 / mosts[channel])
          }
          (from, to) = (from + step, to + 3)
        }
      }
    }
  }
}

/// BMP's runs of 8 and of 4 bits a pixel: a count and a colour, or escapes (MS-WMF, 3.1.6.4 and 3.1.6.5).
enum BMPRuns {
  /// The numbers of the colours, line after line as stored; what is left out is colour 0.
  static func decode(_ bytes: UnsafeRawBufferPointer, _ header: BMPHeader) throws(InputError) -> [UInt8] {
    let (width, count) = (header.size.width, header.size.width * header.size.height)
    let isHalf = header.compression == .runs4
    var (pixels, position, x): ([UInt8], Int, Int) = ([], header.start, 0)
    pixels.reserveCapacity(count)
    func fill(_ length: Int) { pixels += repeatElement(0, count: min(length, count - pixels.count)) }
    while pixels.count < count {
      guard position + 1 < bytes.count else { throw cutShort }
      let (length, value) = (Int(bytes[position]), bytes[position + 1])
      position += 2
      if length > 0 {
        // A run ends at the line's end.
        let used = min(length, max(0, width - x), count - pixels.count)
        for place in 0..<used { pixels.append(isHalf ? place % 2 == 0 ? value >> 4 : value & 15 : value) }
        x += used
      } else if value == 0 {
        fill((width - pixels.count % width) % width)
        x = 0
      } else if value == 1 {
        fill(count)
      } else if value == 2 {
        guard position + 1 < bytes.count else { throw cutShort }
        fill(Int(bytes[position]) + Int(bytes[position + 1]) * width)
        x = pixels.count % width
        position += 2
      } else {
        let used = min(Int(value), count - pixels.count)
        let taken = isHalf ? (used + 1) / 2 : used
        guard position + taken <= bytes.count else { throw cutShort }
        for place in 0..<used {
          let byte = bytes[position + (isHalf ? place / 2 : place)]
          pixels.append(isHalf ? place % 2 == 0 ? byte >> 4 : byte & 15 : byte)
        }
        x += Int(value)
        position += taken
        // Filled up to whole words of the file.
        position += position % 2
      }
    }
    return pixels
  }

  private static var cutShort: InputError { BMPHeader.damaged("its runs are cut short") }
}
