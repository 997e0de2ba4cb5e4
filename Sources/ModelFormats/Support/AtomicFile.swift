import Glibc

/// Writes files that appear whole or not at all.
public enum AtomicFile {
  /// Writes `chunks` one after the other beside `path` and renames the result into place.
  ///
  /// A device or a pipe (`/dev/full`, `/dev/stdout`) cannot be renamed over and is written straight.
  /// - Throws: `InputError` naming the path; nothing is left behind then.
  public static func write(_ chunks: [UnsafeRawBufferPointer], to path: FilePath) throws(InputError) {
    var status = stat()
    if path.withCString({ stat($0, &status) }) == 0 {
      let kind = status.st_mode & S_IFMT
      guard kind != S_IFDIR else { throw InputError("\(path)", "is a folder", remedy: "name a file") }
      if kind != S_IFREG { return try writeStraight(chunks, to: path) }
    }
    // The process id keeps two processes that write the same output apart.
    let suffix = ".\(getpid()).\(UInt32.random(in: 0 ... .max)).part"
    let temporary = path.parent.appending(
      FilePath(bytes: Array(".".utf8) + path.lastComponent.bytes + Array(suffix.utf8)))
    let descriptor = temporary.withCString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
    guard descriptor >= 0 else { throw InputError("\(path)", "cannot be written: \(reason(errno, temporary.parent))") }
    do {
      defer { close(descriptor) }
      try writeAll(chunks, to: descriptor)
    } catch {
      _ = temporary.withCString { unlink($0) }
      throw error.about("\(path)")
    }
    let renamed = temporary.withCString { from in path.withCString { to in rename(from, to) } }
    guard renamed == 0 else {
      let number = errno
      _ = temporary.withCString { unlink($0) }
      throw InputError("\(path)", "cannot be written: \(describe(number))")
    }
  }

  /// Writes `bytes` beside `path` and renames the result into place.
  public static func write(_ bytes: [UInt8], to path: FilePath) throws(InputError) {
    let copy = FileBytes(copying: bytes)
    try write([copy.bytes], to: path)
  }

  /// Writes everything to an open descriptor.
  public static func writeAll(_ chunks: [UnsafeRawBufferPointer], to descriptor: Int32) throws(InputError) {
    for chunk in chunks {
      if let number = errorWriting(chunk, to: descriptor) {
        throw InputError("", "cannot be written: \(describe(number))")
      }
    }
  }

  /// Writes all of `bytes` to an open descriptor; the error number where that failed.
  public static func errorWriting(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      let wrote = Glibc.write(descriptor, base + done, bytes.count - done)
      if wrote >= 0 { done += wrote } else if errno != EINTR { return errno }
    }
    return nil
  }

  /// Why no file can be made in `folder`.
  private static func reason(_ number: Int32, _ folder: FilePath) -> String {
    var status = stat()
    let isMissing = number == ENOENT && folder.withCString { stat($0, &status) } != 0
    return isMissing ? "there is no folder \(folder)" : describe(number)
  }

  private static func writeStraight(_ chunks: [UnsafeRawBufferPointer], to path: FilePath) throws(InputError) {
    let descriptor = path.withCString { open($0, O_WRONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw InputError("\(path)", "cannot be written: \(describe(errno))") }
    defer { close(descriptor) }
    do { try writeAll(chunks, to: descriptor) } catch { throw error.about("\(path)") }
  }
}
