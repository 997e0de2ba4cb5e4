import ModelFormats

/// RLE Lossless: a plane for each byte of each sample, packed as PackBits packs (DICOM PS3.5, annex G).
enum DICOMRunLengths {
  /// The samples of a frame, the channels of a pixel side by side.
  static func decode(_ bytes: [UInt8], _ info: DICOMPictureInfo) throws(InputError) -> [UInt16] {
    let offsets = try offsets(bytes, count: info.channels * info.sampleBytes)
    let pixels = info.size.width * info.size.height
    // A run of 128 bytes takes two.
    guard pixels / 64 <= bytes.count else { throw DICOMReader.damaged("its pixels are cut short") }
    var samples = [UInt16](repeating: 0, count: info.sampleCount)
    for (index, offset) in offsets.enumerated() {
      let end = index + 1 < offsets.count ? offsets[index + 1] : bytes.count
      guard offset <= end, end <= bytes.count else { throw DICOMReader.damaged("its runs point outside") }
      let plane = try unpacked(bytes[offset..<end], count: pixels)
      // The upper byte of a sample comes first.
      let (channel, isUpper) = (index / info.sampleBytes, info.sampleBytes == 2 && index % 2 == 0)
      for (pixel, byte) in plane.enumerated() {
        samples[pixel * info.channels + channel] |= isUpper ? UInt16(byte) << 8 : UInt16(byte)
      }
    }
    return samples
  }

  private static func offsets(_ bytes: [UInt8], count: Int) throws(InputError) -> [Int] {
    guard bytes.count >= 64 else { throw DICOMReader.damaged("its pixels are cut short") }
    func long(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[place * 4 + $1]) << (8 * $1) } }
    guard long(0) == count else {
      throw DICOMReader.damaged("its pixels have \(long(0)) planes of runs, and \(count) are due")
    }
    return (1...count).map(long)
  }

  private static func unpacked(_ bytes: ArraySlice<UInt8>, count: Int) throws(InputError) -> [UInt8] {
    var (plane, position): ([UInt8], Int) = ([], bytes.startIndex)
    plane.reserveCapacity(count)
    while plane.count < count {
      guard position + 1 < bytes.endIndex else { throw DICOMReader.damaged("its runs are cut short") }
      let head = Int(bytes[position])
      position += 1
      if head < 128 {
        guard position + head + 1 <= bytes.endIndex else { throw DICOMReader.damaged("its runs are cut short") }
        plane += bytes[position..<position + min(head + 1, count - plane.count)]
        position += head + 1
      } else if head > 128 {
        plane += repeatElement(bytes[position], count: min(257 - head, count - plane.count))
        position += 1
      }
    }
    return plane
  }
}

extension DICOMPictureInfo {
  /// How many whole bytes a sample takes.
  var sampleBytes: Int { bitsAllocated == 16 ? 2 : 1 }
}
