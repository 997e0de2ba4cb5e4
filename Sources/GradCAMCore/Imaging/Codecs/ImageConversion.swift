import ModelFormats

/// What makes a picture that is read here of a file that is not, by the names that `ImageFormat` gives formats.
enum ImageConversion {
  static let svg = "an SVG drawing"
  static let dicomDirectory = "a DICOMDIR, an index of DICOM files"

  /// A pipe, as far as it is the same for all files of a format; nil where none is known.
  static func remedy(for name: String) -> Message? { commands[name].map { "\($0)" } }

  private static let commands: [String: String] =
    images.mapValues { "convert \($0) png:- \(pipe)" }
    .merging(videos.mapValues { "ffmpeg -i \($0) -frames:v 1 -f image2pipe -c:v png - \(pipe)" }) { first, _ in first }
    .merging([
      "a PDF document": "pdftoppm -r 150 -f 1 -singlefile -png x.pdf \(pipe)",
      svg: "rsvg-convert x.svg \(pipe)",
      "a gzip file": "zcat x.gz \(pipe)",
      "a ZIP archive": "unzip -p x.zip picture.png \(pipe)",
      "a NIfTI volume": "slices as PNG, or as .npy",
      dicomDirectory: "the files that it lists",
    ]) { first, _ in first }

  private static let pipe = "| gradcam explain - …"

  /// ImageMagick's names of the first picture in a file.
  private static let images = [
    "a GIF image": "'x.gif[0]'", "a WebP image": "'x.webp[0]'", "a TIFF image": "'x.tif[0]'", "an AVIF image": "x.avif",
    "a HEIC image": "x.heic", "a JPEG 2000 image": "x.jp2", "a JPEG XL image": "x.jxl", "a PAM image": "x.pam",
    "a Photoshop image": "'x.psd[0]'", "an OpenEXR image": "x.exr", "a FITS image": "'x.fits[0]'",
    "an icon": "'x.ico[0]'",
  ]

  private static let videos = [
    "an MP4 video": "x.mp4", "a Matroska video": "x.mkv", "an AVI video": "x.avi", "an MPEG video": "x.mpg",
    "a Windows Media video": "x.wmv", "a Flash video": "x.flv", "an Ogg video": "x.ogv",
  ]
}
