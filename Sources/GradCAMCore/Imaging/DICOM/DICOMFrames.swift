import ModelFormats

/// Finds a frame among the pixels of a file: DICOM PS3.5, section 8.2 for plain ones, annex A.4 for encapsulated ones.
struct DICOMFrames {
  private let data: UnsafeRawBufferPointer
  private let pixels: DICOMDataset.Pixels
  private let dataset: DICOMDataset
  private let info: DICOMPictureInfo

  init(_ data: UnsafeRawBufferPointer, _ dataset: DICOMDataset, _ pixels: DICOMDataset.Pixels, _ info: DICOMPictureInfo)
  {
    (self.data, self.dataset, self.pixels, self.info) = (data, dataset, pixels, info)
  }

  // MARK: - Plain

  /// Where an uncompressed frame begins and ends, in bits from the pixels' first byte.
  static func bits(of frame: Int, _ info: DICOMPictureInfo) throws(InputError) -> Range<Int> {
    let count = info.storedSamples * info.bitsAllocated
    let (start, isOver) = frame.multipliedReportingOverflow(by: count)
    guard !isOver, start < 1 << 60 else { throw DICOMReader.damaged("its frames are too large") }
    return start..<start + count
  }

  /// The bytes of the pixels, and at which bit of them an uncompressed frame begins.
  ///
  /// - Throws: `InputError` where the frame is not all there.
  func plain(_ frame: Int) throws(InputError) -> (bytes: UnsafeRawBufferPointer, bit: Int) {
    let bits = try Self.bits(of: frame, info)
    let (start, end) = (bits.lowerBound / 8, (bits.upperBound + 7) / 8)
    let there = min(pixels.length ?? 0, max(data.count - pixels.offset, 0))
    guard end <= there else {
      throw DICOMReader.damaged(
        "\(end - max(there, start)) of the \(end - start) bytes of its pixels are missing")
    }
    return (UnsafeRawBufferPointer(rebasing: data[pixels.offset..<pixels.offset + there]), bits.lowerBound)
  }

  // MARK: - Encapsulated

  /// An encapsulated frame's bytes: those of one fragment or more.
  func encapsulated(_ frame: Int) throws(InputError) -> [UInt8] {
    let (offsets, fragments) = try items()
    let range = try fragmentRange(frame, offsets, fragments)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(fragments[range].reduce(0) { $0 + $1.count })
    for fragment in fragments[range] { bytes += data[fragment] }
    guard !bytes.isEmpty else { throw DICOMReader.damaged("frame \(frame + 1) is empty") }
    return bytes
  }

  /// The table of offsets, and the places of the fragments behind it.
  private func items() throws(InputError) -> (offsets: [Int], fragments: [Range<Int>]) {
    guard pixels.length == nil else { throw DICOMReader.damaged("its compressed pixels are not in fragments") }
    var (position, items): (Int, [Range<Int>]) = (pixels.offset, [])
    // A file may end without the delimiter.
    while data.count - position >= 8 {
      let (tag, length) = (UInt32(word(position)) << 16 | UInt32(word(position + 2)), long(position + 4))
      if tag == DICOMTag.sequenceEnd { break }
      guard tag == DICOMTag.item, length <= data.count - position - 8 else {
        throw DICOMReader.damaged("its fragments are cut short, or a length points outside")
      }
      items.append(position + 8..<position + 8 + length)
      position += 8 + length
    }
    guard let table = items.first, items.count > 1 else { throw DICOMReader.damaged("it has no fragments of pixels") }
    let offsets = stride(from: table.lowerBound, to: table.upperBound - 3, by: 4).map { long($0) }
    return (offsets, Array(items[1...]))
  }

  private func fragmentRange(_ frame: Int, _ basic: [Int], _ fragments: [Range<Int>]) throws(InputError) -> Range<Int> {
    if info.frameCount == 1 { return 0..<fragments.count }
    if fragments.count == info.frameCount { return frame..<frame + 1 }
    let extended = dataset.elements[DICOMTag.extendedOffsets]?.longs ?? []
    let offsets = basic.count == info.frameCount ? basic : extended
    if offsets.count == info.frameCount {
      let end = frame + 1 < offsets.count ? place(of: offsets[frame + 1], fragments) : fragments.count
      if let start = place(of: offsets[frame], fragments), let end, start < end { return start..<end }
    }
    // A JPEG ends with its marker, behind which a byte may fill the fragment up.
    var (index, start) = (0, 0)
    for (place, fragment) in fragments.enumerated() where endsJPEG(fragment) {
      if index == frame { return start..<place + 1 }
      (index, start) = (index + 1, place + 1)
    }
    throw DICOMReader.damaged(
      "frame \(frame + 1) of \(info.frameCount) cannot be found among \(fragments.count) fragments")
  }

  /// The fragment whose item is so many bytes behind the first one's.
  private func place(of offset: Int, _ fragments: [Range<Int>]) -> Int? {
    var (low, high) = (0, fragments.count)
    while low < high {
      let middle = (low + high) / 2
      if fragments[middle].lowerBound - fragments[0].lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low < fragments.count && fragments[low].lowerBound - fragments[0].lowerBound == offset ? low : nil
  }

  private func endsJPEG(_ fragment: Range<Int>) -> Bool {
    let tail = data[fragment].suffix(3)
    guard let mark = tail.lastIndex(of: 0xFF) else { return false }
    return mark + 1 < tail.endIndex && tail[mark + 1] == 0xD9
  }

  private func word(_ place: Int) -> UInt16 { UInt16(data[place]) | UInt16(data[place + 1]) << 8 }
  private func long(_ place: Int) -> Int { Int(word(place)) | Int(word(place + 2)) << 16 }
}
