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
  ///
  /// `-` is a file of that name: standard input holds the list, or is nobody's.
  init(listed path: FilePath) {
    let path = path.isDash ? FilePath("./-") : path
    self.init(path: path, folder: KeptFolders.of(path), name: path.lastComponent, stem: path.stem)
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

/// The folders of a listed image that its outputs keep: below the output folder, whatever the list says.
///
/// No two listed paths give the same: `..` becomes `%2E%2E`; an absolute path loses its first slash, and is set apart under `%2F`
/// where the path without it is another file.
private enum KeptFolders {
  private static let slash = UInt8(ascii: "/")
  private static let dot = UInt8(ascii: ".")

  static func of(_ path: FilePath) -> FilePath {
    let parts = path.bytes.split(separator: slash).filter { $0 != [dot] }.map(Array.init)
    let folders = parts.dropLast().map { $0 == [dot, dot] ? Array("%2E%2E".utf8) : escaped($0) }
    let isApart = path.bytes.first == slash && isAnother(FilePath(bytes: parts.joined(separator: [slash])), path)
    return FilePath(bytes: ((isApart ? [Array("%2F".utf8)] : []) + folders).joined(separator: [slash]))
  }

  private static func isAnother(_ relative: FilePath, _ absolute: FilePath) -> Bool {
    guard let identity = FileIdentity(relative) else { return false }
    return identity != FileIdentity(absolute)
  }

  /// A folder that is called like what is made here must not become the same.
  private static func escaped(_ part: [UInt8]) -> [UInt8] {
    part.starts(with: Array("%2".utf8)) ? Array("%25".utf8) + part.dropFirst() : part
  }
}
