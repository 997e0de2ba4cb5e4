import CImageCodecs
import Glibc
public import ModelFormats

/// Reads JPEG, PNG, Netpbm's PBM, PGM and PPM, BMP, DICOM and NumPy's arrays; the format is told from the content.
///
/// Samples of 8 bits are those that Pillow's `convert("RGB")` gives, to the byte (gray stays one channel): the accurate
/// integer DCT and fancy upsampling, CMYK by Pillow's formula, alpha dropped, colour profiles and gamma ignored. Samples
/// of more stay as they are.
public enum ImageDecoder {
  /// Which of a DICOM file's windows is shown.
  public enum WindowChoice: Sendable, Hashable {
    /// One by its number, from 1; nil for the first, where there is one.
    case number(Int?)
    /// None: the picture's least and most values become black and white.
    case none
  }

  /// What is read, and how much of it.
  public struct Options: Sendable {
    /// The most pixels a picture may have; more are refused before memory is taken for them.
    public var maxPixels: Int
    /// Whether to turn the picture as its EXIF orientation says.
    public var applyOrientation: Bool
    /// Which frame of a DICOM file is read, from 1; nil for the first, with a warning where there are several.
    public var frame: Int?
    /// Which window of a DICOM file is shown.
    public var window = WindowChoice.number(nil)
    /// The least size that will do for a picture of a size, both turned as the result is; nil for the whole picture.
    ///
    /// A JPEG is decoded at a half, a quarter or an eighth where that is enough, for a part of the time. The samples
    /// are no longer Pillow's then: those come from every coefficient of the file.
    public var leastSize: (@Sendable (ImageSize) -> ImageSize)?

    /// Whether a PNG is read as a mask: one channel, 255 where a pixel is marked and 0 elsewhere. Marked is what is not 0 in all colours, by
    /// its index where it has a palette, and not transparent.
    public var isMask = false

    /// Called when the header was read and before memory is taken for the samples; what it throws ends the decoding.
    public var admit: (@Sendable (PictureExtent) throws(InputError) -> Void)?

    /// The whole of every picture up to 2²⁸ pixels, turned upright, where nothing else is said.
    public init(
      maxPixels: Int = 1 << 28, applyOrientation: Bool = true, leastSize: (@Sendable (ImageSize) -> ImageSize)? = nil
    ) {
      (self.maxPixels, self.applyOrientation, self.leastSize) = (maxPixels, applyOrientation, leastSize)
    }

    /// Refuses a picture of more pixels than are allowed.
    func check(_ size: ImageSize) throws(InputError) {
      // Below the second limit counts of samples and bytes cannot overflow.
      guard size.width > min(maxPixels, Int.max / 8) / max(size.height, 1) else { return }
      throw InputError(
        "", "is \(size.width)×\(size.height) pixels large, over the limit of \(maxPixels) pixels",
        remedy: "scale it down, or raise the limit by \(.maxPixels)")
    }
  }

  /// Decodes the picture in `file`.
  ///
  /// - Throws: `InputError` without a subject: not an image, another format, damaged, or too large.
  public static func decode(_ file: FileBytes, options: Options = Options()) throws(InputError) -> DecodedImage {
    // The bytes do not keep their file alive.
    defer { withExtendedLifetime(file) {} }
    let bytes = file.bytes
    let format = ImageFormat(bytes)
    if let error = format.error { throw error }
    if let frame = options.frame, frame > 1, format != .dicom {
      throw InputError("", "has one frame, and \(.frame) is \(frame)", remedy: "1, or a DICOM file of several")
        .blaming(.parameter)
    }
    let codec: Codec
    switch format {
    case .jpeg: codec = .jpeg
    case .png: codec = .png
    case .pnm: return try PNMDecoder.decode(bytes, options: options)
    case .dicom: return try DICOMDecoder.decode(bytes, options: options)
    case .bmp: return try BMPDecoder.decode(bytes, options: options)
    case .npy: return try NumPyReader.decode(bytes, options: options)
    case .otherImage, .otherFile, .unknown: preconditionFailure("a format that is read, but not here")
    }
    let (content, picture) = try decode(bytes, with: codec, options)
    let orientation = orientation(of: picture, options)
    let whole = ImageSize(width: Int(picture.width), height: Int(picture.height))
    var decoded = DecodedImage(
      content.oriented(orientation),
      reduction: ImageReduction(from: whole, toEighths: Int(picture.eighths), orientation: orientation))
    decoded.isOverlay = PNGText.hasText(keyword: PNGText.ownKeyword, in: bytes) || JPEGComment.isOwn(bytes)
    decoded.isDamaged = picture.damaged
    let message = text(of: picture)
    if !message.isEmpty { decoded.warning = (picture.damaged ? "is damaged: " : "has all its pixels, but: ") + message }
    return decoded
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, with codec: Codec, _ options: Options
  ) throws(InputError) -> (DecodedImage.Content, gradcam_picture) {
    let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    var picture = gradcam_picture()
    guard codec.header(base, bytes.count, &picture) else { throw damaged(codec, picture) }
    let whole = ImageSize(width: Int(picture.width), height: Int(picture.height))
    try options.check(whole)
    let isMask = options.isMask && !codec.isScalable
    picture.keeps_alpha = isMask
    let eighths = codec.isScalable ? eighths(of: picture, whole, options) : 8
    picture.eighths = Int32(eighths)
    let size = whole.scaled(toEighths: eighths)
    try options.admit?(
      PictureExtent(
        whole: whole, size: size, channels: Int(picture.channels) + (isMask ? 2 : 0),
        sampleBytes: Int(picture.depth) / 8,
        isTurned: orientation(of: picture, options) != 1, workingBytes: Int(clamping: picture.working_bytes)))
    if isMask { return (.plain(try mask(bytes, with: codec, &picture)), picture) }
    let (count, isDeep) = (size.width * size.height * Int(picture.channels), picture.depth == 16)
    func read(_ samples: UnsafeMutableRawPointer?) throws {
      guard codec.decode(base, bytes.count, &picture, samples) else { throw damaged(codec, picture) }
    }
    do {
      guard isDeep else {
        let image = try Image(width: size.width, height: size.height, channels: Int(picture.channels)) { samples in
          try read(UnsafeMutableRawPointer(samples.baseAddress))
        }
        return (.plain(image), picture)
      }
      let samples = try [UInt16](unsafeUninitializedCapacity: count) { samples, initialized in
        try read(UnsafeMutableRawPointer(samples.baseAddress))
        initialized = count
      }
      return (.deep(deepImage(samples, size, picture)), picture)
    } catch {
      throw damaged(codec, picture)
    }
  }

  /// A PNG's marked pixels.
  private static func mask(
    _ bytes: UnsafeRawBufferPointer, with codec: Codec, _ picture: inout gradcam_picture
  ) throws(InputError) -> Image {
    let (count, sampleBytes) = (Int(picture.width) * Int(picture.height), Int(picture.depth) / 8)
    let colors = (picture.is_indexed ? 1 : Int(picture.channels)) * sampleBytes
    let stride = colors + sampleBytes
    let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    var isDecoded = false
    let samples = [UInt8](unsafeUninitializedCapacity: count * stride) { samples, initialized in
      isDecoded = codec.decode(base, bytes.count, &picture, UnsafeMutableRawPointer(samples.baseAddress))
      initialized = isDecoded ? count * stride : 0
    }
    guard isDecoded else { throw damaged(codec, picture) }
    return Image(width: Int(picture.width), height: Int(picture.height), channels: 1) { target in
      for pixel in 0..<count {
        let start = pixel * stride
        let isVisible = samples[(start + colors)..<(start + stride)].contains { $0 != 0 }
        target[pixel] = isVisible && samples[start..<(start + colors)].contains { $0 != 0 } ? 255 : 0
      }
    }
  }

  private static func deepImage(_ samples: [UInt16], _ size: ImageSize, _ picture: gradcam_picture) -> DeepImage {
    let bits = [picture.significant.0, picture.significant.1, picture.significant.2].prefix(Int(picture.channels))
    return DeepImage(
      width: size.width, height: size.height, channels: Int(picture.channels), samples: samples, most: 65535,
      significance: SampleSignificance(bits: bits.map(Int.init), of: samples))
  }

  /// How many eighths of the whole picture are decoded: the fewest that give the least size that will do.
  ///
  /// Other fractions than these save no time over the whole picture: libjpeg-turbo has no vector code for them.
  private static func eighths(of picture: gradcam_picture, _ whole: ImageSize, _ options: Options) -> Int {
    guard let leastSize = options.leastSize else { return 8 }
    let isTurned = orientation(of: picture, options) >= 5
    let least = isTurned ? leastSize(whole.turned).turned : leastSize(whole)
    return [1, 2, 4].first { eighths in
      let size = whole.scaled(toEighths: eighths)
      return size.width >= least.width && size.height >= least.height
    } ?? 8
  }

  /// EXIF's orientation, 1…8, as far as it is applied.
  private static func orientation(of picture: gradcam_picture, _ options: Options) -> Int {
    options.applyOrientation && (1...8).contains(picture.orientation) ? Int(picture.orientation) : 1
  }

  /// What was wrong with the picture, or that memory could not be had for it.
  private static func damaged(_ codec: Codec, _ picture: gradcam_picture) -> InputError {
    if picture.out_of_memory {
      return InputError(
        "", "takes more memory to decode than can be had", remedy: "a smaller picture, or fewer jobs",
        errorNumber: ENOMEM)
    }
    return InputError("", "is a damaged \(codec.name): \(text(of: picture))")
  }

  private static func text(of picture: gradcam_picture) -> String {
    withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// One library's pair of functions.
private struct Codec {
  let name: String
  /// Whether a part of the size can be decoded for a part of the work.
  let isScalable: Bool
  let header: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<gradcam_picture>?) -> Bool
  let decode: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<gradcam_picture>?, UnsafeMutableRawPointer?) -> Bool

  static var jpeg: Codec {
    Codec(name: "JPEG", isScalable: true, header: gradcam_jpeg_header, decode: gradcam_jpeg_decode)
  }
  static var png: Codec {
    Codec(name: "PNG", isScalable: false, header: gradcam_png_header, decode: gradcam_png_decode)
  }
}
