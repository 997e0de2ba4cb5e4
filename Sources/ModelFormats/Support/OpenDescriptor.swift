import Glibc

/// Paths that lead to what the process has open already: `/dev/stdout`, `/dev/fd/3`, `/proc/self/fd/1`, and links to such paths.
public enum OpenDescriptor {
  /// The descriptor that a path stands for; nil for any other path.
  ///
  /// Such a path is written by its descriptor: opened anew, a file would be written from its beginning.
  public static func number(of path: FilePath) -> Int32? {
    var path = path
    // As many links as the system itself follows. All but links are told by one look.
    for _ in 0..<40 {
      guard let target = linkTarget(path), let folder = real(path.parent) else { return nil }
      if isOwn(folder) { return Int32(path.lastComponent.description) }
      path = target.bytes.first == UInt8(ascii: "/") ? target : folder.appending(target)
    }
    return nil
  }

  /// Whether the entries of a folder are descriptors of this process.
  private static func isOwn(_ folder: FilePath) -> Bool {
    guard folder.lastComponent == FilePath("fd"), let own = real(FilePath("/proc/self")) else { return false }
    return folder.bytes.starts(with: own.bytes + [UInt8(ascii: "/")])
  }

  private static func linkTarget(_ path: FilePath) -> FilePath? {
    var target = [CChar](repeating: 0, count: 4096)
    let count = path.withCString { readlink($0, &target, target.count) }
    return count > 0 ? FilePath(bytes: target.prefix(count).map { UInt8(bitPattern: $0) }) : nil
  }

  private static func real(_ path: FilePath) -> FilePath? {
    guard let resolved = path.withCString({ realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return FilePath(bytes: UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
  }
}
