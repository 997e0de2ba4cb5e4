import ModelFormats
import Testing

@testable import GradCAMCore

/// Formats that are not read, and what makes pictures of them that are.
@Suite struct ImageConversionTests {
  private static let files: [(String, name: String, command: String)] = [
    ("GIF89a\u{1}\0\u{1}\0", "a GIF image", "convert 'x.gif[0]' png:-"),
    ("RIFF\0\0\0\0WEBPVP8 ", "a WebP image", "convert 'x.webp[0]' png:-"),
    ("II*\0\u{8}\0\0\0", "a TIFF image", "convert 'x.tif[0]' png:-"),
    ("MM\0*\0\0\0\u{8}", "a TIFF image", "convert 'x.tif[0]' png:-"),
    ("\0\0\0\u{18}ftypheic", "a HEIC image", "convert x.heic png:-"),
    ("\0\0\0\u{18}ftypavif", "an AVIF image", "convert x.avif png:-"),
    ("\0\0\0\u{C}jP  \r\n", "a JPEG 2000 image", "convert x.jp2 png:-"),
    ("\0\0\0\u{C}JXL \r\n", "a JPEG XL image", "convert x.jxl png:-"),
    ("P7\nWIDTH 1\n", "a PAM image", "convert x.pam png:-"),
    ("%PDF-1.7\n", "a PDF document", "pdftoppm -r 150 -f 1 -singlefile -png x.pdf"),
    ("<?xml version='1.0'?>\r\n<svg/>", "an SVG drawing", "rsvg-convert x.svg"),
    ("\0\0\0\u{18}ftypisom", "an MP4 video", "ffmpeg -i x.mp4 -frames:v 1 -f image2pipe -c:v png -"),
    ("\u{1A}E\u{DF}\u{A3}", "a Matroska video", "ffmpeg -i x.mkv -frames:v 1 -f image2pipe -c:v png -"),
    ("RIFF\0\0\0\0AVI LIST", "an AVI video", "ffmpeg -i x.avi -frames:v 1 -f image2pipe -c:v png -"),
  ]

  @Test(arguments: files) func `A format that is not read names a pipe that reads it`(
    _ text: String, _ name: String, _ command: String
  ) throws {
    // Bytes of a file, not of UTF-8.
    let bytes = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    let error = try inputError { _ = try ImageDecoder.decode(FileBytes(copying: bytes)) }
    #expect(error.description == "is \(name) (\(command) | gradcam explain - …)")
    #expect(error.description.utf8.count < 200)
  }
}
