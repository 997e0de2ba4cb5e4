public import ModelFormats

extension Heatmap {
  /// The map as a PNG of gray in 16 bits: 0 where a value is `black` or less, 65535 where it is `white` or more, on a line between,
  /// each level rounded. What is no number is 0.
  ///
  /// - Parameter texts: see `PNGEncoder`.
  /// - Throws: `InputError` when memory runs out.
  /// - Precondition: `white` is above `black`, and the map has cells.
  public func png16(
    black: Float = 0, white: Float = 1, texts: KeyValuePairs<String, String> = [:]
  ) throws(InputError) -> [UInt8] {
    precondition(white > black, "white that is no brighter than black")
    var samples: [UInt8] = []
    samples.reserveCapacity(2 * values.count)
    for value in values {
      let share = (Double(value) - Double(black)) / (Double(white) - Double(black))
      // Comparisons in this order send what is no number to 0.
      let level = UInt16((65535 * (share > 0 ? min(share, 1) : 0)).rounded())
      samples.append(UInt8(level >> 8))
      samples.append(UInt8(level & 255))
    }
    return try PNGEncoder.encode(samples, ImageSize(width: width, height: height), channels: 1, bits: 16, texts)
  }
}
