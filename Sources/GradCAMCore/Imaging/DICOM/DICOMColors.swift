import ModelFormats

/// Colours of DICOM pictures in 8 bits.
enum DICOMColors {
  /// The pixels of samples: RGB as it is, in 8 bits; YBR_FULL turned into RGB.
  static func rgb(_ samples: [UInt16], _ info: DICOMPictureInfo, isYBR: Bool) -> [UInt8] {
    if isYBR { return fromYBR(samples) }
    let most = Double(1 << info.bitsStored - 1)
    let levels = (0..<1 << info.bitsAllocated).map { sample -> UInt8 in
      let share = Double(info.number(UInt16(sample))) / most
      return UInt8((max(0, min(1, share)) * 255).rounded(.toNearestOrEven))
    }
    return samples.map { levels[Int($0)] }
  }

  /// ITU-R BT.601 with the full range of levels (DICOM PS3.3, C.7.6.3.1.2), in pydicom's single precision and rounding.
  static func fromYBR(_ samples: [UInt16]) -> [UInt8] {
    let redOfRed = Float(1.402)
    let greenOfBlue = Float(-0.114 * 1.772 / 0.587)
    let greenOfRed = Float(-0.299 * 1.402 / 0.587)
    let blueOfBlue = Float(1.772)
    func level(_ value: Float) -> UInt8 { UInt8(max(0, min(255, (value + 0.5).rounded(.down)))) }
    return [UInt8](unsafeUninitializedCapacity: samples.count) { target, initialized in
      for place in stride(from: 0, to: samples.count - 2, by: 3) {
        let y = Float(samples[place] & 255)
        let (blue, red) = (Float(samples[place + 1] & 255) - 128, Float(samples[place + 2] & 255) - 128)
        target.initializeElement(at: place, to: level(y + redOfRed * red))
        target.initializeElement(at: place + 1, to: level(y + greenOfBlue * blue + greenOfRed * red))
        target.initializeElement(at: place + 2, to: level(y + blueOfBlue * blue))
      }
      initialized = samples.count
    }
  }

  /// The colours of a palette, 8 bits of each; those of 16 are cut.
  static func palette(_ dataset: DICOMDataset, _ info: DICOMPictureInfo, _ samples: [UInt16]) throws(InputError)
    -> [UInt8]
  {
    var levels: [[UInt8]] = []
    for channel in 0..<3 {
      let table = try DICOMPalette.table(dataset, channel, isSigned: info.isSigned)
      levels.append(
        (0..<1 << info.bitsAllocated).map { sample in
          UInt8(truncatingIfNeeded: table.entry(Double(info.number(UInt16(sample)))) >> UInt16(table.bits - 8))
        })
    }
    return [UInt8](unsafeUninitializedCapacity: samples.count * 3) { target, initialized in
      for (place, sample) in samples.enumerated() {
        for channel in 0..<3 { target.initializeElement(at: 3 * place + channel, to: levels[channel][Int(sample)]) }
      }
      initialized = samples.count * 3
    }
  }
}

/// The tables of a palette: plain, or in segments (DICOM PS3.3, C.7.9).
enum DICOMPalette {
  static func table(_ dataset: DICOMDataset, _ channel: Int, isSigned: Bool) throws(InputError) -> DICOMTable {
    let descriptor = dataset.elements[DICOMTag.paletteDescriptors[channel]]
    if let segments = dataset.elements[DICOMTag.segmentedPalettes[channel]],
      dataset.elements[DICOMTag.palettes[channel]] == nil
    {
      let (count, first, bits) = try DICOMTable.described(descriptor, isSigned: isSigned, "palette")
      let entries = try expanded(
        bits == 8 ? DICOMTable.packed(segments).map(UInt16.init) : segments.words, bits: bits, count)
      guard !entries.isEmpty else { throw DICOMReader.damaged("its palette is empty") }
      return DICOMTable(first: first, entries: entries, bits: bits)
    }
    return try DICOMTable(descriptor, dataset.elements[DICOMTag.palettes[channel]], isSigned: isSigned, "palette")
  }

  /// Expands segments: runs of entries, slopes, and repetitions of earlier segments, which hold no further ones.
  private static func expanded(_ data: [UInt16], bits: Int, _ count: Int) throws(InputError) -> [UInt16] {
    var entries: [UInt16] = []
    var position = 0
    // Where to go on behind a repetition, and how many of its segments are left.
    var (back, left) = (0, 0)
    while position + 1 < data.count, entries.count < count {
      let (kind, length) = (data[position], Int(data[position + 1]))
      position += 2
      // A segment of nothing could be repeated for ever.
      guard length > 0 else { throw damaged }
      switch kind {
      case 0:
        guard position + length <= data.count else { throw damaged }
        entries += data[position..<position + length]
        position += length
      case 1:
        guard position < data.count, let last = entries.last else { throw damaged }
        entries += slope(from: last, to: data[position], length)
        position += 1
      case 2 where left == 0:
        guard position + (bits == 8 ? 4 : 2) <= data.count, !entries.isEmpty else { throw damaged }
        let parts = data[position..<position + (bits == 8 ? 4 : 2)].map(Int.init)
        let offset = parts.reversed().reduce(0) { $0 << (bits == 8 ? 8 : 16) | $1 }
        (back, left) = (position + parts.count, length + 1)
        guard offset < data.count else { throw damaged }
        position = offset
      default: throw damaged
      }
      if left > 0 {
        left -= 1
        if left == 0 { position = back }
      }
    }
    return Array(entries.prefix(count))
  }

  private static func slope(from start: UInt16, to end: UInt16, _ length: Int) -> [UInt16] {
    let step = (Double(end) - Double(start)) / Double(max(length, 1))
    return (0..<length).map { UInt16((Double(start) + step * Double($0 + 1)).rounded(.toNearestOrEven)) }
  }

  private static var damaged: InputError { DICOMReader.damaged("its palette makes no sense") }
}
