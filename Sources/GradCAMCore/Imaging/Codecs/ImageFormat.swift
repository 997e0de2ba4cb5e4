import ModelFormats

/// What a file holds, told from its first bytes; names and extensions are not asked.
public enum ImageFormat: Hashable, Sendable {
  /// JPEG, of any kind that libjpeg reads.
  case jpeg
  /// PNG.
  case png
  /// Netpbm's bitmap, graymap or pixmap.
  case pnm
  /// DICOM, as radiographs come in.
  case dicom
  /// Windows' and OS/2's bitmap.
  case bmp
  /// NumPy's array: a picture, or a tensor that is prepared already.
  case npy
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
    } else if BMPHeader.recognizes(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.prefixCount))) {
      self = .bmp
    } else if Self.begins(prefix, NumPyReader.magic) {
      self = .npy
    } else if DICOMFile.isDirectory(bytes) {
      self = .otherFile(ImageConversion.dicomDirectory)
    } else if DICOMFile.recognizes(UnsafeRawBufferPointer(rebasing: bytes.prefix(Self.prefixCount))) {
      self = .dicom
    } else if let signature = ImageSignature.all.first(where: { $0.matches(prefix) }) {
      self = signature.isImage ? .otherImage(signature.name) : .otherFile(signature.name)
    } else {
      self = Self.text(prefix)
    }
  }

  /// Whether the bytes begin as an image does, of any format, readable here or not.
  package static func isImageLike(_ bytes: UnsafeRawBufferPointer) -> Bool {
    switch ImageFormat(bytes) {
    case .jpeg, .png, .pnm, .dicom, .bmp, .npy, .otherImage: true
    case .otherFile, .unknown: false
    }
  }

  /// The endings that pictures which are decoded here usually have, in lower case.
  package static let endings = [
    ".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".pbm", ".pnm", ".dcm", ".dicom", ".bmp", ".dib", ".npy",
  ]

  /// The format as browsers' `data:` URLs name it; nil for those that browsers do not show.
  package var mediaType: String? {
    switch self {
    case .jpeg: "image/jpeg"
    case .png: "image/png"
    case .pnm, .dicom, .bmp, .npy, .otherImage, .otherFile, .unknown: nil
    }
  }

  /// Whether pictures of this format are decoded here.
  public var isReadable: Bool { error == nil }

  /// What is wrong with a file of this format as an image; nil for those that are read.
  var error: InputError? {
    switch self {
    case .jpeg, .png, .pnm, .dicom, .bmp, .npy: nil
    case .otherImage(let name), .otherFile(let name):
      InputError("", "is \(name)", remedy: ImageConversion.remedy(for: name) ?? Self.readable)
    case .unknown: InputError("", "is not an image", remedy: Self.readable)
    }
  }

  private static var readable: Message { "gradcam reads JPEG, PNG, PPM, PGM, PBM, BMP, DICOM and .npy" }

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
    if text.contains("<svg") { return .otherFile(ImageConversion.svg) }
    if text.contains("<!doctype html") || text.contains("<html") { return .otherFile("an HTML page") }
    return .otherFile("a text file")
  }
}
