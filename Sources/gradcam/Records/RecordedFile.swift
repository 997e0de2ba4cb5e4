import Glibc
import ModelFormats

/// A file that a record names. Records come from anywhere: what is opened by their word must be a file on disk, for a pipe would be
/// waited for and a device read without end.
enum RecordedFile {
  /// The file's state.
  ///
  /// - Throws: `InputError` naming what is no file.
  @discardableResult
  static func check(_ path: FilePath) throws(InputError) -> FileStamp {
    // A name of the file `-`, where another function would read standard input.
    let path = path.isDash ? FilePath("./-") : path
    guard let status = FileStatus(path) else { throw InputError("\(path)", "\(describe(errno))") }
    guard let stamp = status.stamp else {
      throw InputError("\(path)", "is \(status.kind)", remedy: "a file on disk")
    }
    return stamp
  }
}
