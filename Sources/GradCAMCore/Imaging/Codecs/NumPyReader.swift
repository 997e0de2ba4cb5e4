import ModelFormats

/// Reads arrays of NumPy's `.npy` format, versions 1 to 3: pictures, and tensors that are prepared already.
///
/// Whole numbers of 8 or 16 bits and truth values are samples of a picture. Floats are levels of a picture where they lie in 0…1, or else in
/// 0…255; a float array of the shape of a model's input is taken as it is: see `Preprocessor`.
enum NumPyReader {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// - Throws: `InputError` without a subject: damaged, of a kind or a shape that is not read, or too large.
  static func decode(_ bytes: UnsafeRawBufferPointer, options: ImageDecoder.Options) throws(InputError) -> DecodedImage
  {
    let header = try NumPyHeader(bytes)
    let layout = try NumPyLayout(header)
    let size = ImageSize(width: layout.width, height: layout.height)
    try options.check(size)
    let (due, there) = (saturatingProduct(layout.count, header.kind.bytes), bytes.count - header.end)
    guard due <= there else { throw NumPyHeader.damaged("\(due - there) of its \(due) bytes of numbers are missing") }
    let isDeep = header.kind == .unsigned16
    try options.admit?(
      PictureExtent(
        whole: size, size: size, channels: layout.channels, sampleBytes: isDeep ? 2 : 1,
        workingBytes: header.kind.isFloat ? 5 * layout.count : 0))
    let numbers = NumPyNumbers(bytes: bytes, header: header)
    switch header.kind {
    case .unsigned8, .bool:
      let samples = layout.interleaved { header.kind == .bool ? (numbers.byte($0) == 0 ? 0 : 255) : numbers.byte($0) }
      return DecodedImage(
        Image(width: layout.width, height: layout.height, channels: layout.channels, samples: samples))
    case .unsigned16:
      return DecodedImage(
        .deep(
          DeepImage(
            width: layout.width, height: layout.height, channels: layout.channels,
            samples: layout.interleaved { UInt16(truncatingIfNeeded: numbers.bits($0)) }, most: 65535)))
    case .float16, .float32, .float64: return try floats(layout, numbers)
    }
  }

  private static func floats(_ layout: NumPyLayout, _ numbers: NumPyNumbers) throws(InputError) -> DecodedImage {
    let levels: [Float] = layout.interleaved { numbers.float($0) }
    var (least, most) = (Float.infinity, -Float.infinity)
    for level in levels {
      guard level.isFinite else { throw InputError("", "holds numbers that are not finite", remedy: "finite ones") }
      (least, most) = (min(least, level), max(most, level))
    }
    let scale: Float? = least < 0 || most > 255 ? nil : most <= 1 ? 255 : 1
    // Without a picture's levels it is drawn from the least to the most.
    let (low, factor) = scale.map { (0, $0) } ?? (least, most > least ? 255 / (most - least) : 0)
    let image = Image(width: layout.width, height: layout.height, channels: layout.channels) { target in
      for (place, level) in levels.enumerated() {
        target[place] = UInt8(max(0, min(255, ((level - low) * factor).rounded(.toNearestOrEven))))
      }
    }
    var decoded = DecodedImage(.plain(image))
    decoded.values = DecodedImage.Values(
      numbers: levels, isTensor: layout.isTensor, least: least, most: most, isPicture: scale != nil)
    return decoded
  }
}

/// The numbers behind a header.
private struct NumPyNumbers {
  let bytes: UnsafeRawBufferPointer
  let header: NumPyHeader

  func byte(_ place: Int) -> UInt8 { bytes[header.end + place] }

  func bits(_ place: Int) -> UInt64 {
    let start = header.end + place * header.kind.bytes
    var bits: UInt64 = 0
    for index in 0..<header.kind.bytes {
      bits |= UInt64(bytes[start + index]) << UInt64(8 * (header.isBigEndian ? header.kind.bytes - 1 - index : index))
    }
    return bits
  }

  func float(_ place: Int) -> Float {
    let bits = bits(place)
    switch header.kind {
    case .float16: return Self.half(UInt16(truncatingIfNeeded: bits))
    case .float64: return Float(Double(bitPattern: bits))
    default: return Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    }
  }

  private static func half(_ bits: UInt16) -> Float {
    let (sign, exponent, fraction) = (UInt32(bits >> 15), Int(bits >> 10 & 31), UInt32(bits & 1023))
    if exponent == 0 { return (sign == 1 ? -1 : 1) * Float(fraction) / Float(1 << 24) }
    let wide = exponent == 31 ? 255 : UInt32(exponent + 112)
    return Float(bitPattern: sign << 31 | wide << 23 | fraction << 13)
  }
}
