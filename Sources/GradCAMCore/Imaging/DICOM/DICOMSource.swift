import ModelFormats

/// A frame's stored samples, however they are coded.
struct DICOMSource {
  /// Samples of as many bits as are allocated, the channels of a pixel side by side.
  struct Stored {
    let samples: [UInt16]
    /// Whether they are brightness and two colours.
    var isYBR = false
    var isDamaged = false
    /// What is wrong where the samples could be had all the same.
    var message: String?
  }

  let file: DICOMFile
  let pixels: DICOMDataset.Pixels
  let info: DICOMPictureInfo
  /// From 0.
  let frame: Int

  /// - Throws: `InputError` without a subject: damaged, not read, or not admitted.
  func stored(_ options: ImageDecoder.Options) throws(InputError) -> Stored {
    if file.syntax.pixels == .plain { return try plain(options) }
    guard info.bitsAllocated > 1 else { throw DICOMReader.damaged("it has compressed pixels of 1 bit") }
    let frames = DICOMFrames(file.data, file.dataset, pixels, info)
    let bytes = try frames.encapsulated(frame)
    if file.syntax.pixels == .runLengths {
      try admit(options, beside: bytes.count + info.sampleCount)
      return Stored(samples: try DICOMRunLengths.decode(bytes, info), isYBR: info.kind.isYBR)
    }
    return try jpeg(bytes, options)
  }

  private func plain(_ options: ImageDecoder.Options) throws(InputError) -> Stored {
    guard let length = pixels.length else { return try fragments(options) }
    let end = (try DICOMFrames.bits(of: frame, info).upperBound + 7) / 8
    guard end <= length else {
      throw DICOMReader.damaged("\(end - length) bytes of its pixels are missing")
    }
    try admit(options, beside: file.syntax.isDeflated ? saturatingSum(pixels.offset, end) : 0)
    // Only as much is inflated as the frame takes.
    let inflated = file.isPartial ? try file.inflated(to: pixels.offset + end) : nil
    defer { withExtendedLifetime(inflated) {} }
    let frames = DICOMFrames(inflated?.bytes ?? file.data, file.dataset, pixels, info)
    let (bytes, bit) = try frames.plain(frame)
    let isSwapped = file.syntax.isBigEndian && (info.bitsAllocated == 16 || pixels.representation == "OW")
    return Stored(samples: DICOMSamples.plain(bytes, bit: bit, isSwapped: isSwapped, info), isYBR: info.kind.isYBR)
  }

  /// Pixels that are not compressed, a frame in fragments of its own.
  private func fragments(_ options: ImageDecoder.Options) throws(InputError) -> Stored {
    let bytes = try DICOMFrames(file.data, file.dataset, pixels, info).encapsulated(frame)
    let due = (info.storedSamples * info.bitsAllocated + 7) / 8
    guard due <= bytes.count else { throw DICOMReader.damaged("\(due - bytes.count) bytes of its pixels are missing") }
    try admit(options, beside: bytes.count)
    let samples = bytes.withUnsafeBytes {
      DICOMSamples.plain($0, bit: 0, isSwapped: file.syntax.isBigEndian && info.bitsAllocated == 16, info)
    }
    return Stored(samples: samples, isYBR: info.kind.isYBR)
  }

  private func jpeg(_ bytes: [UInt8], _ options: ImageDecoder.Options) throws(InputError) -> Stored {
    let header = try JPEGHeader(bytes)
    guard header.size == info.size, header.components == info.channels else {
      throw DICOMReader.damaged(
        "its JPEG is \(header.size.width)×\(header.size.height) with \(header.components) components, and \(info.size.width)×\(info.size.height) with \(info.channels) are due"
      )
    }
    guard header.bits <= info.bitsAllocated else {
      throw DICOMReader.damaged("its JPEG has \(header.bits) bits a sample, over \(info.bitsAllocated)")
    }
    if header.isLossless {
      // A sample takes a bit.
      guard info.sampleCount / 8 <= bytes.count else { throw DICOMReader.damaged("its JPEG is cut short") }
      try admit(options, beside: bytes.count)
      return Stored(samples: try LosslessJPEG.decode(bytes, header), isYBR: header.isYBR ?? info.kind.isYBR)
    }
    guard header.isLossy else { throw DICOMTransferSyntax.otherJPEG("a rare kind of JPEG") }
    guard header.bits == 8 else { throw DICOMTransferSyntax.deepJPEG(bits: header.bits) }
    let colors: JPEGFrame.Colors = info.kind == .rgb ? .rgb : .ybr
    let decoded = try JPEGFrame.decode(bytes, colors) { (working) throws(InputError) in
      try admit(options, beside: saturatingSum(bytes.count + info.sampleCount, working))
    }
    return Stored(
      samples: decoded.samples.map(UInt16.init), isYBR: decoded.isYBR, isDamaged: decoded.isDamaged,
      message: decoded.message)
  }

  private func admit(_ options: ImageDecoder.Options, beside bytes: Int) throws(InputError) {
    let size = info.squareSize
    // Samples of 16 bits, and the picture before its pixels are square.
    let samples =
      (2 + (size == info.size ? 0 : 1)) * info.size.width * info.size.height
      * max(info.channels, info.kind.isMonochrome ? 1 : 3)
    try options.admit?(
      PictureExtent(
        whole: size, size: size, channels: info.kind.isMonochrome ? 1 : 3, sampleBytes: 1,
        workingBytes: saturatingSum(samples, bytes)))
  }
}

extension DICOMPictureInfo.Kind {
  var isYBR: Bool { self == .ybr || self == .ybr422 }
}
