import Glibc
import GradCAMCore
import ModelFormats

/// The beginning of a file in a folder, by which it is judged.
struct FileStart {
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
    isSpecial = !(FileStatus(open: descriptor)?.isRegular ?? true)
    if !isSpecial { bytes = fileBytes(descriptor, at: 0, count: 4096) }
  }

  /// Whether this tool made the file.
  var isOverlay: Bool {
    bytes.withUnsafeBytes {
      PNGText.hasText(keyword: PNGText.ownKeyword, in: $0) || JPEGComment.isOwn($0) || SVGMark.isOwn($0)
    }
  }

  /// Whether the file is passed over in folders: made by this tool, or an array that has the form of its maps, which have no mark.
  var isOwnResult: Bool { isOverlay || NumPyFile.isOwn(bytes, size: 0) }

  /// Whether the file holds an image.
  var isImage: Bool { !isSpecial && bytes.withUnsafeBytes(ImageFormat.isImageLike) }

  /// Whether the file holds an image or is named like one.
  func isToBeExplained(named name: FilePath) -> Bool {
    if isSpecial || AtomicFile.isLeftover(name) { return false }
    if isImage { return true }
    let lower = name.bytes.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }
    return ImageFormat.endings.contains { lower.suffix($0.utf8.count).elementsEqual($0.utf8) }
  }
}
