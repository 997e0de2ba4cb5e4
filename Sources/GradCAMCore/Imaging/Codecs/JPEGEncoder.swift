import CImageCodecs
import Glibc
public import ModelFormats

/// Writes JPEG files for thumbnails, a fifth of a PNG's size: 8-bit gray or RGB, the same bytes for the same picture.
public enum JPEGEncoder {
  /// The most pixels that a side may have, which is libjpeg's limit.
  public static let longestSide = 65_500

  /// Encodes `image`.
  ///
  /// - Parameter quality: libjpeg's, 1…100.
  /// - Throws: `InputError` when memory runs out.
  /// - Precondition: the picture has pixels, and no more than `longestSide` a side.
  public static func encode(_ image: Image, quality: Int = 85) throws(InputError) -> [UInt8] {
    precondition(image.width > 0 && image.height > 0, "a JPEG without pixels")
    precondition(max(image.width, image.height) <= longestSide, "a JPEG that is too large")
    precondition((1...100).contains(quality), "a quality that libjpeg does not know")
    var picture = gradcam_picture()
    (picture.width, picture.height) = (UInt32(image.width), UInt32(image.height))
    picture.channels = Int32(image.channels)
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    guard gradcam_jpeg_encode(image.samples, &picture, Int32(quality), &bytes, &count), let bytes else {
      throw InputError("", "cannot be encoded as JPEG", remedy: "free some memory")
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}
