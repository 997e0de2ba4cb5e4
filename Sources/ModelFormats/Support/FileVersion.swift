import Glibc

/// What tells whether a file on disk is still what it was: which one it is, its size, and when it was last changed.
public struct FileVersion: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  /// In bytes.
  public let size: Int
  private let modified: Moment
  /// When anything about the file was last changed, its names and permissions too.
  private let changed: Moment

  private struct Moment: Hashable {
    let seconds: Int
    let nanoseconds: Int

    init(_ time: timespec) { (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec)) }
  }

  /// The file that `path` leads to; nil where there is none on disk.
  public init?(_ path: FilePath) {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0 else { return nil }
    self.init(status)
  }

  /// The file that is open; nil for what is no file on disk.
  public init?(open descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int(status.st_size))
    (modified, changed) = (Moment(status.st_mtim), Moment(status.st_ctim))
  }

  /// When the content was last changed, in seconds since 1970.
  public var modificationTime: Double { Double(modified.seconds) + Double(modified.nanoseconds) / 1e9 }

  /// Size and time of the content, as they are written down beside a digest.
  package var stamp: String { "\(size) \(modified.seconds).\(modified.nanoseconds)" }

  /// Whether the content is the same, as far as size and time tell, whatever became of the file's names and permissions.
  public func hasContent(of other: FileVersion) -> Bool {
    (device, inode, size, modified) == (other.device, other.inode, other.size, other.modified)
  }
}
