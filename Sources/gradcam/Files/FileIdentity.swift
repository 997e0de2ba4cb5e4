import Glibc
import ModelFormats

/// A file itself, whatever name it goes by.
struct FileIdentity: Hashable {
  private let device: UInt
  private let inode: UInt

  /// The file that `path` leads to; nil where there is none.
  init?(_ path: FilePath) {
    var status = stat()
    guard !path.isDash, path.withCString({ stat($0, &status) }) == 0 else { return nil }
    // A device, such as /dev/null, may be read and written at once.
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    (device, inode) = (UInt(status.st_dev), UInt(status.st_ino))
  }
}
