import Glibc
import ModelFormats

/// A file's size, and when it was last changed.
struct FileStamp: Sendable {
  let bytes: Int
  /// Seconds since 1970.
  let modified: Double

  /// nil for what is no regular file.
  init?(_ path: FilePath) {
    var status = stat()
    guard !path.isDash, path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    bytes = Int(status.st_size)
    modified = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
  }
}
