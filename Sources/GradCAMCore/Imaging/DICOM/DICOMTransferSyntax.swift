import ModelFormats

/// How a file codes its data set and its pixels: the values of (0002,0010), DICOM PS3.6, table A-1.
struct DICOMTransferSyntax: Equatable {
  /// How pixels are coded.
  enum Pixels: Equatable {
    case plain
    case runLengths
    /// Which kind of JPEG is told by the stream itself.
    case jpeg
  }

  var isExplicit = true
  var isBigEndian = false
  var isDeflated = false
  var pixels = Pixels.plain

  /// - Throws: `InputError` naming one that is not read, and what converts it.
  init(uid: String) throws(InputError) {
    switch uid {
    case Self.prefix: isExplicit = false
    case "\(Self.prefix).1", "\(Self.prefix).1.98": break
    case "\(Self.prefix).1.99": isDeflated = true
    case "\(Self.prefix).2": isBigEndian = true
    case "\(Self.prefix).4.50", "\(Self.prefix).4.51", "\(Self.prefix).4.57", "\(Self.prefix).4.70": pixels = .jpeg
    case "\(Self.prefix).5": pixels = .runLengths
    default: throw Self.refusal(uid).blaming(.kind)
    }
  }

  init(isExplicit: Bool, isBigEndian: Bool) { (self.isExplicit, self.isBigEndian) = (isExplicit, isBigEndian) }

  /// Of what all transfer syntaxes begin with; by itself implicit and little endian.
  private static let prefix = "1.2.840.10008.1.2"

  private static func refusal(_ uid: String) -> InputError {
    guard
      let (name, command) = others.first(where: { $0.ends.contains { uid == "\(prefix).\($0)" } }).map({
        ($0.name, $0.command)
      })
    else {
      let isIdentifier = uid.utf8.count <= 64 && uid.utf8.allSatisfy { $0 == 0x2E || (0x30...0x39).contains($0) }
      let name: Message =
        isIdentifier && !uid.isEmpty ? "the transfer syntax \(uid)" : "a transfer syntax of no known form"
      return InputError("", "is a DICOM file in \(name), which is not read", remedy: "\(converting)")
    }
    return InputError("", "is a DICOM file in \(name), which is not read", remedy: "\(command)")
  }

  private static let converting = "gdcmconv --raw in.dcm out.dcm"
  private static let jpegLS = "dcmdjpls in.dcm out.dcm"
  private static let jpeg = "dcmdjpeg in.dcm out.dcm"
  private static let openJPEG =
    "pip install pydicom pylibjpeg[openjpeg]; python -c \"import pydicom; d = pydicom.dcmread('in.dcm'); d.decompress(); d.save_as('out.dcm')\""
  private static let video =
    "gdcmraw in.dcm out.video; ffmpeg -i out.video -frames:v 1 -f image2pipe -c:v png - | gradcam explain - …"

  private static let others: [(ends: [String], name: String, command: String)] = [
    (
      ["4.52", "4.53", "4.54", "4.55", "4.56", "4.58", "4.59", "4.60", "4.61", "4.62", "4.63", "4.64", "4.65", "4.66"],
      "a retired kind of JPEG", jpeg
    ),
    (["4.80"], "JPEG-LS Lossless", jpegLS), (["4.81"], "JPEG-LS Near-Lossless", jpegLS),
    (["4.90"], "JPEG 2000 Lossless", converting), (["4.91"], "JPEG 2000", converting),
    (["4.92"], "JPEG 2000 Part 2 Lossless", converting), (["4.93"], "JPEG 2000 Part 2", converting),
    (["4.94"], "JPIP Referenced", converting), (["4.95"], "JPIP Referenced Deflate", converting),
    (["4.100", "4.100.1", "4.101", "4.101.1"], "MPEG-2", video),
    (
      ["4.102", "4.102.1", "4.103", "4.103.1", "4.104", "4.104.1", "4.105", "4.105.1", "4.106", "4.106.1"],
      "MPEG-4 (H.264)", video
    ),
    (["4.107", "4.108"], "HEVC (H.265)", video),
    (["4.110"], "JPEG XL Lossless", "gdcmraw in.dcm out.jxl; djxl out.jxl out.png"),
    (["4.111"], "JPEG XL Recompression", "gdcmraw in.dcm out.jxl; djxl out.jxl out.png"),
    (["4.112"], "JPEG XL", "gdcmraw in.dcm out.jxl; djxl out.jxl out.png"),
    (["4.201"], "HTJ2K Lossless", openJPEG), (["4.202"], "HTJ2K Lossless RPCL", openJPEG),
    (["4.203"], "HTJ2K", openJPEG),
    (["4.204"], "JPIP HTJ2K Referenced", openJPEG), (["4.205"], "JPIP HTJ2K Referenced Deflate", openJPEG),
    (["7.1", "7.2", "7.3"], "SMPTE ST 2110 video", video),
    (["8.1"], "Deflated Image Frame Compression", converting),
  ]
}

extension DICOMTransferSyntax {
  /// What is wrong with a JPEG stream of more than 8 bits that is not lossless, which libjpeg does not read.
  static func deepJPEG(bits: Int) -> InputError {
    InputError("", "is a DICOM file in lossy JPEG of \(bits) bits, which is not read", remedy: "\(jpeg)")
      .blaming(.kind)
  }

  /// What is wrong with a stream that is no JPEG, or one of a kind that nobody writes.
  static func otherJPEG(_ kind: String) -> InputError {
    InputError("", "is a DICOM file whose pixels are \(kind), which is not read", remedy: "\(jpeg)")
      .blaming(.kind)
  }
}
