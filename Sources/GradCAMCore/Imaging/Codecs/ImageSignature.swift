/// Bytes that tell a format which is not read here: a beginning, and for some a second pattern further on.
struct ImageSignature {
  /// With its article: `a GIF image`.
  let name: String
  let isImage: Bool
  private let beginning: [UInt8]
  private let pattern: [UInt8]
  private let offset: Int

  private init(_ name: String, isImage: Bool = true, _ beginning: String, also pattern: String = "", at offset: Int = 0)
  {
    (self.name, self.isImage, self.offset) = (name, isImage, offset)
    self.beginning = Self.bytes(beginning)
    self.pattern = Self.bytes(pattern)
  }

  func matches(_ prefix: [UInt8]) -> Bool {
    prefix.starts(with: beginning) && prefix.dropFirst(offset).starts(with: pattern)
  }

  private static func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }

  static let all: [ImageSignature] =
    images
    + ["isom", "iso2", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "dash", "M4V ", "MSNV", "3gp", "3g2", "qt  "].map
  {
    ImageSignature("an MP4 video", isImage: false, "", also: "ftyp\($0)", at: 4)
  } + others

  private static let images: [ImageSignature] = [
    ImageSignature("a GIF image", "GIF8"),
    ImageSignature("a WebP image", "RIFF", also: "WEBP", at: 8),
    ImageSignature("a TIFF image", "II*\0"),
    ImageSignature("a TIFF image", "MM\0*"),
    ImageSignature("a TIFF image", "II+\0"),
    ImageSignature("a TIFF image", "MM\0+"),
    ImageSignature("an AVIF image", "", also: "ftypavi", at: 4),
    ImageSignature("a HEIC image", "", also: "ftyphei", at: 4),
    ImageSignature("a HEIC image", "", also: "ftyphev", at: 4),
    ImageSignature("a HEIC image", "", also: "ftypmif1", at: 4),
    ImageSignature("a HEIC image", "", also: "ftypmsf1", at: 4),
    ImageSignature("a JPEG 2000 image", "", also: "jP  \r\n", at: 4),
    ImageSignature("a JPEG 2000 image", "\u{FF}\u{4F}\u{FF}\u{51}"),
    ImageSignature("a JPEG XL image", "", also: "JXL \r\n", at: 4),
    ImageSignature("a JPEG XL image", "\u{FF}\u{0A}"),
    ImageSignature("a PAM image", "P7\n"),
    ImageSignature("a Photoshop image", "8BPS"),
    ImageSignature("an OpenEXR image", "v/1\u{01}"),
    ImageSignature("a FITS image", "SIMPLE  ="),
    ImageSignature("an icon", "\0\0\u{01}\0", also: "\0", at: 9),
  ]

  private static let others: [ImageSignature] = [
    ImageSignature("a Matroska video", isImage: false, "\u{1A}\u{45}\u{DF}\u{A3}"),
    ImageSignature("an AVI video", isImage: false, "RIFF", also: "AVI ", at: 8),
    ImageSignature("an MPEG video", isImage: false, "\0\0\u{01}\u{BA}"),
    ImageSignature("an MPEG video", isImage: false, "\0\0\u{01}\u{B3}"),
    ImageSignature("an MPEG video", isImage: false, "G", also: "G", at: 188),
    ImageSignature("a Windows Media video", isImage: false, "\u{30}\u{26}\u{B2}\u{75}\u{8E}\u{66}\u{CF}\u{11}"),
    ImageSignature("a Flash video", isImage: false, "FLV\u{01}"),
    ImageSignature("an Ogg video", isImage: false, "OggS"),
    ImageSignature("a NIfTI volume", isImage: false, "\u{5C}\u{01}\0\0", also: "n+1\0", at: 344),
    ImageSignature("a PDF document", isImage: false, "%PDF-"),
    ImageSignature("a ZIP archive", isImage: false, "PK\u{03}\u{04}"),
    ImageSignature("a gzip file", isImage: false, "\u{1F}\u{8B}\u{08}"),
  ]
}
