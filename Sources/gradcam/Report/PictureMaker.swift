import FoundationEssentials
import GradCAMCore
import ModelFormats

/// What the page has of a picture file.
struct PagePicture: Encodable, Sendable {
  /// The file itself, for a link; nil where there is none.
  @OrNull var file: String?
  /// The file, where it is worth showing large; nil where the page has nothing better than `shown`.
  @OrNull var large: String?
  /// What the page shows: a `data:` URL, or a picture file's; nil where the file cannot be shown.
  @OrNull var shown: String?

  static let none = PagePicture(file: nil, large: nil, shown: nil)
}

/// Makes pictures for the page, small enough to look through thousands.
struct PictureMaker: Sendable {
  /// Where pictures are kept, and up to what a file is shown as it is.
  enum Place: Sendable {
    /// Inside the page, which is then one file.
    case page
    /// In a folder beside the page.
    case folder(FilePath)
  }

  let place: Place
  let links: PageLinks
  /// Files that no thumbnail may replace.
  let inputs: Set<FileIdentity>

  /// The longest side of a thumbnail, in pixels.
  static let longestSide = 320
  /// A picture of at most that many bytes is taken into a page as it is.
  private static let smallFile = 16 << 10
  /// A picture of at most that size, in pixels a side and in bytes, is shown from its own file.
  private static let plainSide = 512
  private static let plainFile = 256 << 10

  /// Makes what the page needs of the picture that a record names.
  ///
  /// - Throws: `InputError` where a thumbnail cannot be written. A picture that cannot be read is no error.
  func picture(of recorded: FilePath?) throws(InputError) -> PagePicture {
    // A pipe or a device would be waited for without end.
    guard let path = recorded.flatMap(links.file), FileIdentity(path) != nil else { return .none }
    let url = links.url(of: path)
    guard let file = try? FileBytes(path: path), let decoded = try? ImageDecoder.decode(file, options: Self.decoding)
    else { return PagePicture(file: url, large: nil, shown: nil) }
    switch place {
    case .page:
      return PagePicture(file: url, large: nil, shown: Self.dataURL(try bytes(decoded.image, of: file)))
    case .folder(let folder):
      let large = Self.isShown(file) ? url : nil
      let size = decoded.reduction?.original ?? decoded.image.size
      if large != nil, max(size.width, size.height) <= Self.plainSide, file.count <= Self.plainFile {
        return PagePicture(file: url, large: large, shown: large)
      }
      let thumbnail = folder.appending(Self.name(of: path))
      try ExplainPlan.check(thumbnail, inputs)
      try AtomicFile.write(try JPEGEncoder.encode(Self.thumbnail(decoded.image)), to: thumbnail)
      return PagePicture(file: url, large: large, shown: links.url(of: thumbnail))
    }
  }

  private func bytes(_ image: Image, of file: FileBytes) throws(InputError) -> [UInt8] {
    if file.count <= Self.smallFile, Self.isShown(file) { return Array(file.bytes) }
    return try JPEGEncoder.encode(Self.thumbnail(image))
  }

  /// Whether browsers show the file's format.
  private static func isShown(_ file: FileBytes) -> Bool {
    let format = ImageFormat(file.bytes)
    return format == .jpeg || format == .png
  }

  private static let decoding = ImageDecoder.Options(leastSize: thumbnailSize)

  static func thumbnail(_ image: Image) -> Image {
    let size = thumbnailSize(of: image.size)
    return size == image.size ? image : image.resized(width: size.width, height: size.height)
  }

  /// The size of a picture's thumbnail: its own, or the largest of its shape that `longestSide` allows.
  @Sendable static func thumbnailSize(of size: ImageSize) -> ImageSize {
    let side = max(size.width, size.height)
    guard side > longestSide else { return size }
    let scale = Double(longestSide) / Double(side)
    return ImageSize(
      width: max(1, Int((Double(size.width) * scale).rounded())),
      height: max(1, Int((Double(size.height) * scale).rounded())))
  }

  private static func dataURL(_ bytes: [UInt8]) -> String {
    let isPNG = bytes.first == 0x89
    return "data:image/\(isPNG ? "png" : "jpeg");base64,\(Data(bytes).base64EncodedString())"
  }

  /// The name of a file's thumbnail: the same in every run. FNV-1a over 64 bits.
  private static func name(of path: FilePath) -> FilePath {
    let hash = path.bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    let digits = String(hash, radix: 16)
    return FilePath("\(String(repeating: "0", count: 16 - digits.count))\(digits).jpg")
  }
}
