import Glibc
import ModelFormats

/// What the system says of a file.
struct FileStatus {
  private var status = stat()

  /// The file that `path` leads to; nil where there is none, and for standard input.
  init?(_ path: FilePath) {
    guard !path.isDash, path.withCString({ stat($0, &status) }) == 0 else { return nil }
  }

  /// The file that is open.
  init?(open descriptor: Int32) {
    guard fstat(descriptor, &status) == 0 else { return nil }
  }

  /// Whether it is a file on disk, and no folder, pipe, socket or device.
  var isRegular: Bool { status.st_mode & S_IFMT == S_IFREG }
  var isFolder: Bool { status.st_mode & S_IFMT == S_IFDIR }
  var isDevice: Bool { [S_IFCHR, S_IFBLK].contains(status.st_mode & S_IFMT) }

  /// Whether no path leads to the file any more.
  var isNameless: Bool { status.st_nlink == 0 }
  var isPipe: Bool { status.st_mode & S_IFMT == S_IFIFO }

  /// What kind of file it is, with an article.
  var kind: String {
    switch status.st_mode & S_IFMT {
    case S_IFREG: "a file"
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe"
    case S_IFSOCK: "a socket"
    default: "a device"
    }
  }

  /// What tells a file on disk from others, whatever name it goes by; nil for a device, such as /dev/null, which may be read and written
  /// at once.
  var identity: FileIdentity? {
    isRegular ? FileIdentity(device: UInt(status.st_dev), inode: UInt(status.st_ino)) : nil
  }

  /// nil for what is no file on disk.
  var stamp: FileStamp? {
    let seconds = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) / 1e9
    return isRegular ? FileStamp(bytes: Int(status.st_size), modified: seconds) : nil
  }
}

/// A file itself, whatever name it goes by.
struct FileIdentity: Hashable {
  fileprivate let device: UInt
  fileprivate let inode: UInt
}

extension FileIdentity {
  /// The file on disk that `path` leads to; nil where there is none.
  init?(_ path: FilePath) {
    guard let identity = FileStatus(path)?.identity else { return nil }
    self = identity
  }
}

/// A file's size, and when it was last changed, in seconds since 1970.
struct FileStamp {
  let bytes: Int
  let modified: Double
}

extension FileStamp {
  /// That of a file that was opened.
  init(_ version: FileVersion) { self.init(bytes: version.size, modified: version.modificationTime) }
}
