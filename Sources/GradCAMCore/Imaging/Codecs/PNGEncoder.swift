import CImageCodecs
import Glibc
public import ModelFormats

/// Writes PNG files, gray or RGB: the same bytes for the same picture.
public enum PNGEncoder {
  /// How to compress. Overlays hold a photograph's noise, in which zlib finds nothing worth the search: once a row is
  /// predicted, runs and Huffman codes are all there is to gain cheaply.
  ///
  /// Relative to the filter chosen row by row at level 2, the geometric mean over overlays on radiographs and
  /// photographs at the model's size and at the original's, panels and a heatmap picture:
  ///
  ///     filter, strategy, level       time   bytes
  ///     up, runs                      0.43   1.18
  ///     up, filtered, 1               0.52   1.04
  ///     Paeth, runs (the default)     0.56   0.90
  ///     Paeth, Huffman codes alone    0.58   1.32
  ///     Paeth, default, 1             0.67   1.02
  ///     by row, runs                  0.84   0.90
  ///     by row, filtered, 2           1.00   1.00
  ///     Paeth, default, 4             1.05   0.90
  ///     Paeth, default, 6             3.01   0.85
  ///     by row, filtered, 6           3.91   0.83
  ///     up or Paeth, filtered, 9      11.4   0.79
  struct Options {
    /// zlib's level, 0…9; looking for runs alone costs and gives the same at all but 0, which stores the rows.
    var level = 1
    var strategy = Strategy.runs
    /// The filter of every row; nil chooses one row by row.
    var filter: Filter? = .paeth
  }

  /// What zlib looks for: repeated strings as its level says, the same among predicted samples, nothing, or runs.
  enum Strategy: Int32, CaseIterable {
    case normal, filtered, huffman, runs
  }

  /// PNG's filters, by which a row is predicted from what lies before it.
  enum Filter: Int32 {
    case none, sub, up, average, paeth
  }

  /// Encodes `image`, with `texts` as its text chunks in the order given.
  ///
  /// - Parameter texts: keywords of 1 to 79 ASCII characters, and texts, neither with a NUL.
  /// - Throws: `InputError` when memory runs out.
  public static func encode(
    _ image: Image, texts: KeyValuePairs<String, String> = [:]
  ) throws(InputError) -> [UInt8] { try encode(image, texts: texts, options: Options()) }

  static func encode(
    _ image: Image, texts: KeyValuePairs<String, String> = [:], options: Options
  ) throws(InputError) -> [UInt8] {
    try encode(image.samples, image.size, channels: image.channels, bits: 8, texts, options)
  }

  /// - Parameters:
  ///   - samples: row by row; of 16 bits the upper byte first.
  ///   - bits: of a sample, 8 or 16.
  static func encode(
    _ samples: [UInt8], _ size: ImageSize, channels: Int, bits: Int32, _ texts: KeyValuePairs<String, String>,
    _ options: Options = Options()
  ) throws(InputError) -> [UInt8] {
    precondition(size.width > 0 && size.height > 0, "a PNG without pixels")
    var picture = gradcam_picture()
    (picture.width, picture.height) = (UInt32(size.width), UInt32(size.height))
    picture.channels = Int32(channels)
    let settings = gradcam_png_options(
      level: Int32(options.level), strategy: options.strategy.rawValue, filter: options.filter?.rawValue ?? 5,
      bits: bits)
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let strings = CStrings(texts.flatMap { [$0.key, $0.value] })
    let chunks = strings.pairs.map { gradcam_png_text(keyword: $0.0, text: $0.1) }
    let succeeded = withExtendedLifetime(strings) {
      gradcam_png_encode(samples, &picture, chunks, chunks.count, settings, &bytes, &count)
    }
    guard succeeded, let bytes else {
      throw InputError(
        "", "takes more memory to encode as PNG than can be had", remedy: "fewer jobs", errorNumber: ENOMEM)
    }
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
