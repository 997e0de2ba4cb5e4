import Glibc
import ModelFormats

/// Makes links from a page to files, which hold as long as page and files keep their places to each other.
struct PageLinks: Sendable {
  /// The folders from the root to the page.
  private let folder: [ArraySlice<UInt8>]
  /// What relative paths in records are relative to.
  private let base: FilePath

  /// - Parameters:
  ///   - page: the page's path; its folder exists.
  ///   - base: the folder that `explain` ran in.
  init(from page: FilePath, base: FilePath) {
    folder = Self.components(Self.real(page.parent) ?? page.parent)
    self.base = base
  }

  /// A recorded path as this process reaches the file; nil for standard input and what cannot be a file.
  func file(_ path: FilePath) -> FilePath? {
    if path.isDash || path.bytes.isEmpty || path.bytes.contains(0) { return nil }
    return path.bytes.first == Self.slash ? path : base.appending(path)
  }

  /// The relative URL of a file; nil where its folder is not there.
  ///
  /// Every byte but letters, digits and the plainest marks is percent-encoded, a colon too, so that no name is taken
  /// for a scheme, a query or a fragment. A browser resolves `..` by the letter and the system along symbolic links, so
  /// links in the folders' names are followed here.
  func url(of path: FilePath) -> String? {
    guard let parent = Self.real(path.parent) else { return nil }
    let target = Self.components(parent.appending(path.lastComponent))
    let shared = zip(folder, target.dropLast()).prefix { $0 == $1 }.count
    let up = [String](repeating: "..", count: folder.count - shared)
    return (up + target[shared...].map(Self.encoded)).joined(separator: "/")
  }

  private static let slash = UInt8(ascii: "/")

  private static func components(_ path: FilePath) -> [ArraySlice<UInt8>] { path.bytes.split(separator: slash) }

  private static func real(_ path: FilePath) -> FilePath? {
    guard let resolved = path.withCString({ realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return FilePath(bytes: UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
  }

  private static func encoded(_ name: ArraySlice<UInt8>) -> String {
    let digits = Array("0123456789ABCDEF")
    return name.reduce(into: "") { text, byte in
      switch UnicodeScalar(byte) {
      case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": text.unicodeScalars.append(UnicodeScalar(byte))
      default: text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
