import CImageCodecs
import Glibc
import ModelFormats

/// A JPEG that is part of another file, which says how its colours are coded where no marker does.
enum JPEGFrame {
  /// What three components are.
  enum Colors { case rgb, ybr }

  struct Decoded {
    let samples: [UInt8]
    /// Whether the samples are brightness and two colours, as they are stored.
    let isYBR: Bool
    let isDamaged: Bool
    let message: String?
  }

  /// Decodes by libjpeg. Colours are converted where an Adobe marker says so, and stay as they are otherwise.
  ///
  /// - Parameter admit: called with the bytes that decoding takes beside the samples, before memory is taken.
  /// - Throws: `InputError` without a subject.
  static func decode(
    _ bytes: [UInt8], _ colors: Colors, admit: (Int) throws(InputError) -> Void
  ) throws(InputError) -> Decoded {
    var picture = gradcam_picture()
    picture.colors = Int32(colors == .rgb ? gradcam_colors_rgb : gradcam_colors_ybr)
    guard gradcam_jpeg_header(bytes, bytes.count, &picture) else { throw damaged(picture) }
    try admit(Int(clamping: picture.working_bytes))
    let count = Int(picture.width) * Int(picture.height) * Int(picture.channels)
    var samples = [UInt8](repeating: 0, count: count)
    guard gradcam_jpeg_decode(bytes, bytes.count, &picture, &samples) else { throw damaged(picture) }
    let message = text(of: picture)
    return Decoded(
      samples: samples, isYBR: picture.is_ybr, isDamaged: picture.damaged,
      message: message.isEmpty ? nil : (picture.damaged ? "is damaged: " : "has all its pixels, but: ") + message)
  }

  private static func damaged(_ picture: gradcam_picture) -> InputError {
    if picture.out_of_memory {
      return InputError(
        "", "takes more memory to decode than can be had", remedy: "a smaller picture, or fewer jobs",
        errorNumber: ENOMEM)
    }
    return InputError("", "is a damaged JPEG: \(text(of: picture))")
  }

  private static func text(of picture: gradcam_picture) -> String {
    withUnsafeBytes(of: picture.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
