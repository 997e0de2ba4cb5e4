import ModelFormats

/// What a file holds, told from its first bytes; names and extensions are not asked.
public enum ImageFormat: Hashable, Sendable {
  /// JPEG, of any kind that libjpeg reads.
  case jpeg
  /// PNG.
  case png
  /// Netpbm's bitmap, graymap or pixmap.
  case pnm
  /// A picture in a format that is not read here, with its article: `a GIF image`.
  case otherImage(String)
  /// Something else that is easily taken for a picture: `a PDF document`.
  case otherFile(String)
  /// Nothing that is known here.
  case unknown

  /// How many of a file's first bytes `init(_:)` looks at.
  static let prefixCount = 512

  /// Recognises the beginning of a file, 512 bytes or all there are.
  public init(_ bytes: UnsafeRawBufferPointer) {
    let prefix = Array(bytes.prefix(Self.prefixCount))
    if Self.begins(prefix, [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if Self.begins(prefix, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if PNMDecoder.recognizes(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.prefixCount))) {
      self = .pnm
    } else if let signature = Signature.all.first(where: { $0.matches(prefix) }) {
      self = signature.isImage ? .otherImage(signature.name) : .otherFile(signature.name)
    } else {
      self = Self.text(prefix)
    }
  }

  /// Whether the bytes begin as an image does, of any format, readable here or not.
  package static func isImageLike(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch ImageFormat(bytes) {
    case .jpeg, .png, .pnm, .otherImage: true
    case .otherFile, .unknown: false
    }
  }

  /// The endings that pictures which are decoded here usually have, in lower case.
  package static let endings = [".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".pbm", ".pnm"]

  /// The format as browsers' `data:` URLs name it; nil for those that browsers do not show.
  package var mediaType: String? {
    switch self {
    case .jpeg: "image/jpeg"
    case .png: "image/png"
    case .pnm, .otherImage, .otherFile, .unknown: nil
    }
  }

  /// Whether pictures of this format are decoded here.
  public var isReadable: Bool { error == nil }

  /// What is wrong with a file of this format as an image; nil for those that are read.
  var error: InputError? {
    let problem =
      switch self {
      case .jpeg, .png, .pnm: ""
      case .otherImage(let name), .otherFile(let name): "is \(name)"
      case .unknown: "is not an image"
      }
    return problem.isEmpty ? nil : InputError("", "\(problem)", remedy: "gradcam reads JPEG, PNG, PPM, PGM and PBM")
  }

  /// Whether a file begins so; one of two bytes or more may be cut short.
  private static func begins(_ prefix: [UInt8], _ signature: [UInt8]) -> Bool {
    prefix.starts(with: signature) || prefix.count >= 2 && signature.starts(with: prefix)
  }

  private static func text(_ prefix: [UInt8]) -> ImageFormat {
    // The last character may be cut in two.
    let whole = (0...3).lazy.compactMap { String(validating: prefix.dropLast($0), as: UTF8.self) }.first
    guard let text = whole?.lowercased(), !text.isEmpty,
      prefix.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || (0x09...0x0D).contains($0) })
    else {
      return .unknown
    }
    if text.contains("<svg") { return .otherFile("an SVG drawing") }
    if text.contains("<!doctype html") || text.contains("<html") { return .otherFile("an HTML page") }
    return .otherFile("a text file")
  }
}

/// Bytes that tell a format: a beginning, and for some a second pattern further on.
private struct Signature {
  let name: String
  let isImage: Bool
  let beginning: [UInt8]
  let pattern: [UInt8]
  let offset: Int

  init(_ name: String, isImage: Bool = true, _ beginning: String, also pattern: String = "", at offset: Int = 0) {
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

  static let all: [Signature] = [
    Signature("a GIF image", "GIF8"),
    Signature("a BMP image", "BM", also: "\0\0\0\0", at: 6),
    Signature("a WebP image", "RIFF", also: "WEBP", at: 8),
    Signature("a TIFF image", "II*\0"),
    Signature("a TIFF image", "MM\0*"),
    Signature("a TIFF image", "II+\0"),
    Signature("an AVIF image", "", also: "ftypavi", at: 4),
    Signature("a HEIC image", "", also: "ftyphei", at: 4),
    Signature("a HEIC image", "", also: "ftyphev", at: 4),
    Signature("a HEIC image", "", also: "ftypmif1", at: 4),
    Signature("a HEIC image", "", also: "ftypmsf1", at: 4),
    Signature("a JPEG 2000 image", "", also: "jP  \r\n", at: 4),
    Signature("a JPEG XL image", "", also: "JXL \r\n", at: 4),
    Signature("a JPEG XL image", "\u{FF}\u{0A}"),
    Signature("a DICOM file", "", also: "DICM", at: 128),
    Signature("a PAM image", "P7\n"),
    Signature("a PDF document", isImage: false, "%PDF-"),
    Signature("a ZIP archive", isImage: false, "PK\u{03}\u{04}"),
  ]
}
