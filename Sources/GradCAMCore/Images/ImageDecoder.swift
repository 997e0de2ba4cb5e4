internal import CImageCodecs
public import ModelFormats

/// A picture as a file holds it.
public struct DecodedImage: Sendable {
  /// Gray or RGB, turned upright where that was asked for.
  public var image: Image
  /// What is wrong with the file where the picture could be read all the same.
  public var warning: String?
  /// Whether the file is a picture that this tool made.
  public var isOverlay: Bool
}

/// Reads JPEG and PNG; the format is told from the content.
///
/// The samples are those that Pillow's `convert("RGB")` gives, to the byte (gray stays one channel): the accurate
/// integer DCT and fancy upsampling, CMYK by Pillow's formula, alpha dropped, 16-bit samples cut to 8, colour profiles
/// and gamma ignored.
public enum ImageDecoder {
  public struct Options: Sendable {
    /// The most pixels a picture may have; more are refused before memory is taken for them.
    public var maxPixels: Int
    /// Whether to turn the picture as its EXIF orientation says.
    public var applyOrientation: Bool

    public init(maxPixels: Int = 1 << 28, applyOrientation: Bool = true) {
      (self.maxPixels, self.applyOrientation) = (maxPixels, applyOrientation)
    }
  }

  /// Decodes the picture in `file`.
  ///
  /// - Throws: `InputError` without a subject: not an image, another format, damaged, or too large.
  public static func decode(_ file: FileBytes, options: Options = Options()) throws(InputError) -> DecodedImage {
    // The bytes do not keep their file alive.
    defer { withExtendedLifetime(file) {} }
    return try decode(file.bytes, options: options)
  }

  private static func decode(_ bytes: UnsafeRawBufferPointer, options: Options) throws(InputError) -> DecodedImage {
    let format = ImageFormat(bytes)
    if let error = format.error { throw error }
    let codec = format == .jpeg ? Codec.jpeg : Codec.png
    let (image, picture) = try decode(bytes, with: codec, maxPixels: options.maxPixels)
    let message = text(of: picture)
    return DecodedImage(
      image: options.applyOrientation ? image.oriented(Int(picture.orientation)) : image,
      warning: message.isEmpty ? nil : "is damaged: \(message)",
      isOverlay: format == .png && PNGText.hasText(keyword: PNGText.ownKeyword, in: bytes))
  }

  private static func decode(
    _ bytes: UnsafeRawBufferPointer, with codec: Codec, maxPixels: Int
  ) throws(InputError) -> (Image, gradcam_picture) {
    let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    var picture = gradcam_picture()
    guard codec.header(base, bytes.count, &picture) else { throw damaged(codec, picture) }
    let (width, height) = (Int(picture.width), Int(picture.height))
    guard width <= maxPixels / max(height, 1) else {
      throw InputError(
        "", "is \(width)×\(height) pixels large, over the limit of \(maxPixels) pixels", remedy: "scale it down")
    }
    do {
      let image = try Image(width: width, height: height, channels: Int(picture.channels)) { samples in
        guard codec.decode(base, bytes.count, &picture, samples.baseAddress) else { throw damaged(codec, picture) }
      }
      return (image, picture)
    } catch {
      throw damaged(codec, picture)
    }
  }

  private static func damaged(_ codec: Codec, _ picture: gradcam_picture) -> InputError {
    InputError("", "is a damaged \(codec.name): \(text(of: picture))")
  }

  private static func text(of picture: gradcam_picture) -> String {
    withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// One library's pair of functions.
private struct Codec {
  let name: String
  let header: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<gradcam_picture>?) -> Bool
  let decode: (UnsafePointer<UInt8>?, Int, UnsafeMutablePointer<gradcam_picture>?, UnsafeMutablePointer<UInt8>?) -> Bool

  static var jpeg: Codec { Codec(name: "JPEG", header: gradcam_jpeg_header, decode: gradcam_jpeg_decode) }
  static var png: Codec { Codec(name: "PNG", header: gradcam_png_header, decode: gradcam_png_decode) }
}
