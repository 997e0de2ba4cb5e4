import CImageCodecs
import Glibc
public import ModelFormats

/// Writes JPEG files, for thumbnails a fifth of a PNG's size: 8-bit gray or RGB, the same bytes for the same picture.
public enum JPEGEncoder {
  /// The most pixels that a side may have, which is libjpeg's limit.
  public static let longestSide = 65_500

  /// Encodes `image`.
  ///
  /// - Parameters:
  ///   - quality: libjpeg's, 1…100.
  ///   - hasFineColors: whether colours are kept at full resolution, as thin lines and labels need, and not at half.
  ///   - texts: written as lines `keyword: text` of a comment; control characters become spaces, and what is beyond the
  ///     65,533 bytes that a comment holds is left out.
  /// - Throws: `InputError` about a picture over `longestSide`, or when memory runs out.
  /// - Precondition: the picture has pixels.
  public static func encode(
    _ image: Image, quality: Int = 85, hasFineColors: Bool = false, texts: KeyValuePairs<String, String> = [:]
  ) throws(InputError) -> [UInt8] {
    precondition(image.width > 0 && image.height > 0, "a JPEG without pixels")
    precondition((1...100).contains(quality), "a quality that libjpeg does not know")
    guard max(image.width, image.height) <= longestSide else {
      throw InputError(
        "", "a JPEG has \(longestSide) pixels a side at most, and this picture is \(image.width)×\(image.height)",
        remedy: "a PNG")
    }
    var picture = gradcam_picture()
    (picture.width, picture.height) = (UInt32(image.width), UInt32(image.height))
    picture.channels = Int32(image.channels)
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let comment = JPEGComment.text(texts)
    let succeeded = comment.withUnsafeBufferPointer { comment in
      let options = gradcam_jpeg_options(
        quality: Int32(quality), fine_colors: hasFineColors, comment: comment.baseAddress, comment_count: comment.count)
      return gradcam_jpeg_encode(image.samples, &picture, options, &bytes, &count)
    }
    guard succeeded, let bytes else {
      throw InputError(
        "", "takes more memory to encode as JPEG than can be had", remedy: "fewer jobs", errorNumber: ENOMEM)
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}
