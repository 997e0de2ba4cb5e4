import Glibc
import ModelFormats

enum Folders {
  static func isFolder(_ path: FilePath) -> Bool { FileStatus(path)?.isFolder ?? false }

  /// Makes `path` and the folders above it where they are missing.
  ///
  /// - Throws: `InputError` naming the folder.
  static func make(_ path: FilePath) throws(InputError) {
    if path.bytes.isEmpty || isFolder(path) { return }
    if path.parent != path { try make(path.parent) }
    guard path.withCString({ mkdir($0, 0o777) }) != 0, errno != EEXIST || !isFolder(path) else { return }
    let number = errno
    let reason = number == EEXIST ? "a file has that name" : describe(number)
    throw InputError("\(path)", "cannot be made: \(reason)", errorNumber: number)
  }

  /// Removes a file that this run wrote.
  static func remove(_ path: FilePath) { _ = path.withCString { unlink($0) } }
}
