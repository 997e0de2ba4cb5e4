import Glibc
import GradCAMCore
import ModelFormats

/// The images of a run, from operands, folders and lists, in their order.
struct ImageList {
  private(set) var images: [ImageSource] = []
  /// Files in folders that are no images.
  private(set) var otherFiles = 0
  /// Files in folders that this tool made.
  private(set) var overlays = 0
  /// Folders that held no image.
  private(set) var emptyFolders: [FilePath] = []

  /// - Throws: `InputError` naming a folder or a list that cannot be read.
  init(_ options: ExplainOptions) throws(InputError) {
    for operand in options.operands {
      if Folders.isFolder(operand) {
        let before = images.count
        try scan(operand, below: FilePath(""), isRecursive: options.inputs.isRecursive)
        if images.count == before { emptyFolders.append(operand) }
      } else {
        images.append(ImageSource(operand: operand))
      }
    }
    if let list = options.inputs.filesFrom {
      try read(list, separator: options.inputs.isNULSeparated ? 0 : UInt8(ascii: "\n"))
    }
  }

  private mutating func scan(_ root: FilePath, below relative: FilePath, isRecursive: Bool) throws(InputError) {
    let folder = relative.bytes.isEmpty ? root : root.appending(relative)
    for name in try Folders.names(in: folder) {
      let inner = relative.bytes.isEmpty ? name : relative.appending(name)
      let path = root.appending(inner)
      if Folders.isFolder(path) {
        // A link to a folder may lead back up.
        if isRecursive && !path.isSymbolicLink { try scan(root, below: inner, isRecursive: true) }
      } else {
        let start = FileStart(path)
        if start.isOverlay {
          overlays += 1
        } else if start.isToBeExplained(named: name) {
          images.append(ImageSource(found: inner, below: root))
        } else {
          otherFiles += 1
        }
      }
    }
  }

  private mutating func read(_ list: FilePath, separator: UInt8) throws(InputError) {
    let file: FileBytes
    if list.isDash {
      do { file = try FileBytes(descriptor: STDIN_FILENO) } catch { throw error.about("standard input") }
    } else {
      file = try FileBytes(path: list)
    }
    for line in file.bytes.split(separator: separator) {
      let isText = separator == UInt8(ascii: "\n")
      let path = isText && line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if !path.isEmpty { images.append(ImageSource(listed: FilePath(bytes: path))) }
    }
  }
}

/// The beginning of a file in a folder, by which it is judged.
private struct FileStart {
  private var bytes: [UInt8] = []
  /// Whether this is a pipe, a socket or a device: reading one in a folder might wait for ever.
  private var isSpecial = false

  init(_ path: FilePath) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      isSpecial = errno == ENXIO
      return
    }
    defer { close(descriptor) }
    var status = stat()
    isSpecial = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    if isSpecial { return }
    bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    bytes.removeLast(bytes.count - max(count, 0))
  }

  /// Whether this tool made the file.
  var isOverlay: Bool { bytes.withUnsafeBytes { PNGText.hasText(keyword: PNGText.ownKeyword, in: $0) } }

  /// Whether the file holds an image or is named like one.
  func isToBeExplained(named name: FilePath) -> Bool {
    if isSpecial { return false }
    if bytes.withUnsafeBytes(ImageFormat.isImageLike) { return true }
    let lower = name.bytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
    return [".jpg", ".jpeg", ".png", ".ppm", ".pgm", ".pbm", ".pnm"].contains {
      lower.suffix($0.utf8.count).elementsEqual($0.utf8)
    }
  }
}

extension FilePath {
  fileprivate var isSymbolicLink: Bool {
    var status = stat()
    return withCString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
