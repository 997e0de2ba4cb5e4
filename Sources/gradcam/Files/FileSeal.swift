import Glibc
import GradCAMCore
import ModelFormats

/// What tells a file that was written from any other: its length, and its SHA-256.
struct FileSeal: Equatable, Sendable {
  let bytes: Int
  let sha256: String

  /// Of a file that holds `content`.
  init(of content: [UInt8]) { (bytes, sha256) = (content.count, SHA256.digest(of: content)) }

  /// As it was recorded; nil where it was not.
  init?(bytes: Int?, sha256: String?) {
    guard let bytes, let sha256 else { return nil }
    (self.bytes, self.sha256) = (bytes, sha256)
  }

  /// Whether there is a file on disk that holds what this one did. It is read once, and only where its length is right.
  func fits(_ path: FilePath) -> Bool {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard FileStatus(open: descriptor)?.stamp?.bytes == bytes else { return false }
    var hash = SHA256()
    var place = 0
    while case let piece = fileBytes(descriptor, at: place, count: 1 << 16), !piece.isEmpty {
      piece.withUnsafeBytes { hash.update($0) }
      place += piece.count
    }
    return place == bytes && hash.digest().utf8.elementsEqual(sha256.utf8)
  }
}
