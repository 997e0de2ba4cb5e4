import ModelFormats

/// What a data set says of its pixels: the Image Pixel module (DICOM PS3.3, C.7.6.3).
struct DICOMPictureInfo {
  /// What the samples are (PS3.3, C.7.6.3.1.2).
  enum Kind: String, CaseIterable {
    case darkIsMost = "MONOCHROME1"
    case brightIsMost = "MONOCHROME2"
    case palette = "PALETTE COLOR"
    case rgb = "RGB"
    case ybr = "YBR_FULL"
    /// Two pixels share their colour.
    case ybr422 = "YBR_FULL_422"

    var isMonochrome: Bool { self == .darkIsMost || self == .brightIsMost }
    var channels: Int { isMonochrome || self == .palette ? 1 : 3 }
  }

  let kind: Kind
  let size: ImageSize
  /// Stored samples a pixel: 1 or 3.
  let channels: Int
  /// Whether each colour is a plane of its own.
  let isPlanar: Bool
  /// 1, 8 or 16.
  let bitsAllocated: Int
  /// 1 to `bitsAllocated`.
  let bitsStored: Int
  let highBit: Int
  let isSigned: Bool
  let frameCount: Int
  /// How high a pixel is, its width being 1.
  let pixelHeight: Double

  /// - Throws: `InputError` without a subject: what is missing, makes no sense, or is not read.
  init(_ dataset: DICOMDataset) throws(InputError) {
    func required(_ tag: UInt32, _ name: String) throws(InputError) -> Int {
      guard let value = dataset.word(tag) else { throw DICOMReader.damaged("it does not say its \(name)") }
      return value
    }
    size = ImageSize(width: try required(DICOMTag.columns, "columns"), height: try required(DICOMTag.rows, "rows"))
    guard size.width > 0, size.height > 0 else { throw DICOMReader.damaged("it has no columns or no rows") }
    (bitsAllocated, bitsStored, highBit) = try Self.bits(dataset)
    isSigned = dataset.word(DICOMTag.pixelRepresentation) == 1
    kind = try Self.kind(dataset)
    channels = dataset.word(DICOMTag.samplesPerPixel) ?? kind.channels
    guard channels == kind.channels else {
      throw DICOMReader.damaged("it is \(kind.rawValue) with \(channels) samples a pixel")
    }
    guard kind.isMonochrome || bitsAllocated > 1 else { throw DICOMReader.damaged("it is \(kind.rawValue) of 1 bit") }
    guard kind != .ybr && kind != .ybr422 || bitsAllocated == 8 && bitsStored == 8 else {
      throw InputError(
        "", "is a DICOM file of \(kind.rawValue) with \(bitsStored) bits a sample, which is not read",
        remedy: "\(kind.rawValue) of 8 bits, or RGB"
      ).blaming(.kind)
    }
    // Pixels that share colours have their samples by pairs, whatever the file says (PS3.3, section C.7.6.3.1.3).
    isPlanar = channels > 1 && kind != .ybr422 && dataset.word(DICOMTag.planarConfiguration) == 1
    frameCount = try Self.frameCount(dataset)
    pixelHeight = Self.pixelHeight(dataset)
  }

  /// How many samples of a frame are stored uncompressed, and how many bytes they take; bits of frames follow one another.
  var storedSamples: Int {
    // Two pixels have two levels and two colours.
    kind == .ybr422 ? (size.width + 1) / 2 * 4 * size.height : size.width * size.height * channels
  }
  var sampleCount: Int { size.width * size.height * channels }

  /// The picture's size in square pixels: its longer pixels are cut into as many as they are long.
  var squareSize: ImageSize {
    func stretched(_ side: Int, _ factor: Double) -> Int { max(1, Int((Double(side) * factor).rounded())) }
    return pixelHeight >= 1
      ? ImageSize(width: size.width, height: stretched(size.height, pixelHeight))
      : ImageSize(width: stretched(size.width, 1 / pixelHeight), height: size.height)
  }

  private static func bits(_ dataset: DICOMDataset) throws(InputError) -> (allocated: Int, stored: Int, high: Int) {
    guard let allocated = dataset.word(DICOMTag.bitsAllocated) else {
      throw DICOMReader.damaged("it does not say its bits")
    }
    guard [1, 8, 16].contains(allocated) else {
      throw InputError(
        "", "is a DICOM file of \(allocated) bits a sample, which is not read",
        remedy: "one of 1, 8 or 16 bits, as detectors give"
      ).blaming(.kind)
    }
    let stored = dataset.word(DICOMTag.bitsStored) ?? allocated
    let high = dataset.word(DICOMTag.highBit) ?? stored - 1
    guard (1...allocated).contains(stored), (stored - 1..<allocated).contains(high) else {
      throw DICOMReader.damaged("it has \(stored) bits up to bit \(high) of \(allocated)")
    }
    return (allocated, stored, high)
  }

  private static func kind(_ dataset: DICOMDataset) throws(InputError) -> Kind {
    guard let name = dataset.elements[DICOMTag.photometricInterpretation]?.texts[0], !name.isEmpty else {
      throw DICOMReader.damaged("it does not say what its samples are")
    }
    if let kind = Kind(rawValue: name) { return kind }
    // No other text is repeated: it might be anything.
    let others = ["YBR_PARTIAL_422", "YBR_PARTIAL_420", "YBR_ICT", "YBR_RCT", "HSV", "ARGB", "CMYK", "XYB"]
    let shown = others.first { $0 == name }.map { "samples of the kind \($0)" } ?? "samples of an unknown kind"
    throw InputError(
      "", "is a DICOM file with \(shown), which is not read",
      remedy: "one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))"
    ).blaming(.kind)
  }

  private static func frameCount(_ dataset: DICOMDataset) throws(InputError) -> Int {
    guard let element = dataset.elements[DICOMTag.numberOfFrames], !element.texts[0].isEmpty else { return 1 }
    guard let count = Int(element.texts[0]), (0...1 << 31).contains(count) else {
      throw DICOMReader.damaged("its number of frames is no number")
    }
    return max(count, 1)
  }

  /// The aspect ratio that is said, or that of the distances between pixels.
  private static func pixelHeight(_ dataset: DICOMDataset) -> Double {
    let tags = [
      DICOMTag.pixelAspectRatio, DICOMTag.pixelSpacing, DICOMTag.imagerPixelSpacing, DICOMTag.nominalPixelSpacing,
    ]
    for tag in tags {
      guard let pair = dataset.elements[tag]?.decimals, pair.count == 2, let height = pair[0], let width = pair[1],
        height > 0, width > 0, (0.01...100).contains(height / width)
      else { continue }
      return height / width
    }
    return 1
  }
}
