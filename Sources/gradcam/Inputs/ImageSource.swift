import ModelFormats

/// An image to be explained, and what its outputs are named after.
struct ImageSource: Hashable, Sendable {
  /// What is opened, and what records and lines call the image; `-` is standard input.
  let path: FilePath
  /// The folders between the folder operand and the image, kept below `--output-dir`; empty for other images.
  let folder: FilePath
  /// What overlays' names begin with.
  let name: FilePath
  /// What `{stem}` stands for.
  let stem: FilePath
  /// Whether the image was named on the command line.
  let isOperand: Bool

  /// An image named on the command line: overlays carry its stem. `-` is standard input.
  init(operand path: FilePath) {
    let stem = path.isDash ? FilePath("stdin") : path.stem
    self.init(path: path, folder: FilePath(""), name: stem, stem: stem, isOperand: true)
  }

  /// An image from a list: overlays carry its whole name and keep its folders, so that no two of a list collide.
  init(listed path: FilePath, in list: ListKind? = nil) {
    let folder = (list ?? ListKind(first: path)).kept(path)
    self.init(path: path, folder: folder, name: path.lastComponent, stem: path.stem)
  }

  /// An image found below `root`, at `relative`.
  init(found relative: FilePath, below root: FilePath) {
    let parent = relative.parent
    let folder = parent == FilePath(".") ? FilePath("") : parent
    self.init(path: root.appending(relative), folder: folder, name: relative.lastComponent, stem: relative.stem)
  }

  private init(path: FilePath, folder: FilePath, name: FilePath, stem: FilePath, isOperand: Bool = false) {
    (self.path, self.folder, self.name, self.stem) = (path, folder, name, stem)
    self.isOperand = isOperand
  }
}

/// Whether a list's paths start at the root, which its first one tells.
///
/// Outputs keep a listed image's folders below the output folder, without the leading slash; where a list mixes both kinds, those
/// of the other kind are set apart, so that `/a/x.jpg` and `a/x.jpg` keep apart.
enum ListKind: Sendable {
  case absolute, relative

  init(first path: FilePath) { self = path.bytes.first == Self.slash ? .absolute : .relative }

  /// The folders that an image's outputs keep: nothing that leads out of the output folder.
  func kept(_ path: FilePath) -> FilePath {
    var parts = path.bytes.split(separator: Self.slash).filter { $0 != [Self.dot] }.map(Array.init).dropLast()
    // A literal `%2E%2E` must not become what `..` becomes.
    parts = parts.map { $0 == [Self.dot, Self.dot] ? Array("%2E%2E".utf8) : Self.escaped($0) }[...]
    if ListKind(first: path) != self { parts.insert(Array((self == .absolute ? "%2E" : "%2F").utf8), at: 0) }
    return FilePath(bytes: parts.joined(separator: [Self.slash]))
  }

  private static func escaped(_ part: [UInt8]) -> [UInt8] {
    let isLikeOurs = part.starts(with: Array("%2".utf8))
    return isLikeOurs ? Array("%25".utf8) + part.dropFirst() : part
  }

  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")
}
