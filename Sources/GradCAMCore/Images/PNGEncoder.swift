internal import CImageCodecs
internal import Glibc
public import ModelFormats

/// Writes PNG files: 8-bit gray or RGB, the same bytes for the same picture.
public enum PNGEncoder {
  /// How hard to compress. An overlay of 224 × 224 takes 3 ms at the default and 16 ms at level 6, for a tenth less.
  public struct Options: Sendable {
    /// zlib's level, 0…9.
    public var level: Int
    /// The filter of every row; nil chooses one row by row.
    public var filter: Filter?

    public init(level: Int = 2, filter: Filter? = nil) {
      (self.level, self.filter) = (level, filter)
    }
  }

  /// PNG's filters, by which a row is predicted from what lies before it.
  public enum Filter: Int32, Sendable {
    case none, sub, up, average, paeth
  }

  /// Encodes `image`, with `texts` as its text chunks in the order given.
  ///
  /// - Parameter texts: keywords of 1 to 79 ASCII characters, and texts, neither with a NUL.
  /// - Throws: `InputError` when memory runs out.
  public static func encode(
    _ image: Image, texts: KeyValuePairs<String, String> = [:], options: Options = Options()
  ) throws(InputError) -> [UInt8] {
    precondition(image.width > 0 && image.height > 0, "a PNG without pixels")
    var picture = gradcam_picture()
    (picture.width, picture.height) = (UInt32(image.width), UInt32(image.height))
    picture.channels = Int32(image.channels)
    let settings = gradcam_png_options(level: Int32(options.level), filter: options.filter?.rawValue ?? 5)
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let strings = CStrings(texts.flatMap { [$0.key, $0.value] })
    let chunks = strings.pairs.map { gradcam_png_text(keyword: $0.0, text: $0.1) }
    let succeeded = withExtendedLifetime(strings) {
      gradcam_png_encode(image.samples, &picture, chunks, chunks.count, settings, &bytes, &count)
    }
    guard succeeded, let bytes else { throw InputError("", "cannot be encoded as PNG", remedy: "free some memory") }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}

/// C copies of strings, alive as long as this object.
private final class CStrings {
  private let copies: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) { copies = strings.map { strdup($0) } }

  deinit { for copy in copies { free(copy) } }

  /// The strings two by two.
  var pairs: [(UnsafePointer<CChar>?, UnsafePointer<CChar>?)] {
    stride(from: 0, to: copies.count, by: 2).map { (UnsafePointer(copies[$0]), UnsafePointer(copies[$0 + 1])) }
  }
}
