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
  /// The part of the file that `shown` shows, and that `large` should: x, y, width and height in its pixels; absent where
  /// that is all of it.
  var part: [Double]?

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
  let inputs: ProtectedFiles
  private let reader = PictureReader()

  /// A picture of at most that many bytes is taken into a page as it is.
  private static let smallFile = 16 << 10
  /// A picture of at most that size, in pixels a side and in bytes, is shown from its own file.
  private static let plainSide = 512
  private static let plainFile = 256 << 10
  /// An SVG drawing of at most that size, in bytes, is taken into a page.
  private static let plainDrawing = 1 << 20

  /// Makes what the page needs of the picture that a record names.
  ///
  /// - Parameters:
  ///   - part: the part that is worth showing; nil for all of the picture.
  ///   - specification: how the picture's samples were read; nil where that is not known.
  ///   - decoding: what the run read of the file.
  /// - Throws: `InputError` where a thumbnail cannot be written. A picture that cannot be read is no error.
  func picture(
    of recorded: FilePath?, showing part: CropGeometry? = nil, readAs specification: Preprocessing? = nil,
    _ decoding: ImageDecoder.Options = ImageDecoder.Options()
  ) throws(InputError) -> PagePicture {
    // A pipe or a device would be waited for without end.
    guard let path = recorded.flatMap(links.file), FileIdentity(path) != nil else { return .none }
    let url = links.url(of: path)
    let thumbnail = Thumbnail(part: part)
    guard let file = try? FileBytes(path: path) else { return PagePicture(file: url, large: nil, shown: nil) }
    if SVGMark.isOwn(file.bytes) { return drawing(file, url) }
    return try reader.read(file, thumbnail, readAs: specification, decoding) { (found) throws(InputError) in
      try picture(found, thumbnail, path, file, decoding)
    } ?? PagePicture(file: url, large: nil, shown: nil)
  }

  private func picture(
    _ found: PictureReader.Found, _ thumbnail: Thumbnail, _ path: FilePath, _ file: FileBytes,
    _ decoding: ImageDecoder.Options
  ) throws(InputError) -> PagePicture {
    let (url, size) = (links.url(of: path), found.size)
    var picture = PagePicture(file: url, large: nil, shown: nil)
    picture.part = thumbnail.part(of: size).map { [$0.x, $0.y, $0.width, $0.height] }
    switch place {
    case .page:
      // A browser would show other levels than the model saw, where the file is not its own.
      let isSmall = found.isOwn && picture.part == nil && file.count <= Self.smallFile && Self.isShown(file)
      picture.shown = Self.dataURL(
        isSmall ? Array(file.bytes) : try JPEGEncoder.encode(thumbnail.draw(found.image, of: size)))
    case .folder(let folder):
      picture.large = found.isOwn && Self.isShown(file) ? url : nil
      if picture.large != nil, picture.part == nil, Self.isPlain(size, file) {
        picture.shown = url
      } else {
        let target = folder.appending(Self.name(of: path, picture.part, decoding))
        try inputs.check(target)
        try AtomicFile.write(
          try JPEGEncoder.encode(thumbnail.draw(found.image, of: size)), to: target, replacing: OwnOutput.picture.check)
        picture.shown = links.url(of: target)
      }
    }
    return picture
  }

  /// An SVG drawing that this tool made; others are not shown.
  private func drawing(_ file: FileBytes, _ url: String?) -> PagePicture {
    if case .folder = place { return PagePicture(file: url, large: url, shown: url) }
    let isSmall = file.count <= Self.plainDrawing
    return PagePicture(
      file: url, large: nil, shown: isSmall ? Self.dataURL(Array(file.bytes), type: "image/svg+xml") : nil)
  }

  /// Whether browsers show the file's format.
  private static func isShown(_ file: FileBytes) -> Bool { ImageFormat(file.bytes).mediaType != nil }

  private static func isPlain(_ size: ImageSize, _ file: FileBytes) -> Bool {
    max(size.width, size.height) <= plainSide && file.count <= plainFile
  }

  private static func dataURL(_ bytes: [UInt8], type: String? = nil) -> String {
    let type = type ?? bytes.withUnsafeBytes { ImageFormat($0).mediaType } ?? "image"
    return "data:\(type);base64,\(Data(bytes).base64EncodedString())"
  }

  /// The name of the thumbnail of a file's part: the same in every run.
  private static func name(
    of path: FilePath, _ part: [Double]?, _ decoding: ImageDecoder.Options
  ) -> FilePath {
    // No path has a zero byte, so that none is another with a part, a frame or a window.
    var bytes = path.bytes + (part.map { Array("\0\($0)".utf8) } ?? [])
    if let frame = decoding.frame { bytes += Array("\0frame \(frame)".utf8) }
    if decoding.window != .number(nil) { bytes += Array("\0window \(decoding.window)".utf8) }
    if !decoding.applyOrientation { bytes += Array("\0as stored".utf8) }
    return FilePath("\(FNV1a.hash64(bytes).hexadecimal).jpg")
  }
}
