import ModelFormats

/// The samples of an uncompressed frame (DICOM PS3.5, section 8.1), the channels of a pixel side by side.
enum DICOMSamples {
  /// - Parameters:
  ///   - bytes: those of all frames.
  ///   - bit: where the frame begins: in the middle of a byte where samples are single bits.
  ///   - isSwapped: whether bytes are swapped within words of 16 bits, as big endian files have them.
  static func plain(_ bytes: UnsafeRawBufferPointer, bit: Int, isSwapped: Bool, _ info: DICOMPictureInfo) -> [UInt16] {
    let first = bit / 8
    switch info.bitsAllocated {
    case 1:
      return (0..<info.sampleCount).map { UInt16(bytes[(bit + $0) / 8] >> ((bit + $0) % 8) & 1) }
    case 8:
      // A last byte that nothing fills up to a word has none beside it.
      return ordered(info) { place in
        UInt16(bytes[isSwapped && (first + place) ^ 1 < bytes.count ? (first + place) ^ 1 : first + place])
      }
    default:
      return ordered(info) { place in
        let (upper, lower) = (UInt16(bytes[first + 2 * place]), UInt16(bytes[first + 2 * place + 1]))
        return isSwapped ? upper << 8 | lower : lower << 8 | upper
      }
    }
  }

  private static func ordered(_ info: DICOMPictureInfo, _ sample: (Int) -> UInt16) -> [UInt16] {
    let pixels = info.size.width * info.size.height
    if info.kind == .ybr422 { return shared(info, sample) }
    guard info.isPlanar else { return (0..<info.sampleCount).map(sample) }
    var samples = [UInt16](repeating: 0, count: info.sampleCount)
    for channel in 0..<info.channels {
      for pixel in 0..<pixels { samples[pixel * info.channels + channel] = sample(channel * pixels + pixel) }
    }
    return samples
  }

  /// Two levels, then the two colours that both pixels have.
  private static func shared(_ info: DICOMPictureInfo, _ sample: (Int) -> UInt16) -> [UInt16] {
    var samples = [UInt16](repeating: 0, count: info.sampleCount)
    let (width, pairs) = (info.size.width, (info.size.width + 1) / 2)
    for y in 0..<info.size.height {
      for x in 0..<width {
        let (from, to) = ((y * pairs + x / 2) * 4, (y * width + x) * 3)
        samples[to] = sample(from + x % 2)
        samples[to + 1] = sample(from + 2)
        samples[to + 2] = sample(from + 3)
      }
    }
    return samples
  }
}
