import Glibc

/// Writes files that appear whole or not at all.
public enum AtomicFile {
  /// Writes `chunks` one after the other into a file without a name, and gives it its name when it is whole: whatever ends the
  /// process meanwhile leaves nothing behind.
  ///
  /// A device, a pipe and a descriptor's path (`/dev/full`, `/dev/stdout`) cannot be replaced and are written straight.
  /// - Parameter check: asked about a file that has the name already, right before it is replaced; what it throws leaves that file as it
  ///   is. A file that comes by the name after that is lost: no system call replaces a file by what is in it.
  /// - Parameter pipes: how long a pipe's reader is waited for; nil for ever.
  /// - Throws: `InputError` naming the path; nothing is left behind then.
  public static func write(
    _ chunks: [UnsafeRawBufferPointer], to path: FilePath, pipes: PipeWait? = nil, replacing check: Check = { _ in }
  ) throws(InputError) {
    var status = stat()
    if path.withCString({ stat($0, &status) }) == 0 {
      if let open = OpenDescriptor.number(of: path) {
        do { return try writeAll(chunks, to: open, pipes: pipes) } catch { throw error.about("\(path)") }
      }
      let kind = status.st_mode & S_IFMT
      guard kind != S_IFDIR else { throw InputError("\(path)", "is a folder", remedy: "name a file") }
      if kind != S_IFREG { return try writeStraight(chunks, to: path, pipes) }
    }
    if let descriptor = openNameless(in: path.parent) {
      defer { close(descriptor) }
      do { try writeAll(chunks, to: descriptor) } catch { throw error.about("\(path)") }
      try name(descriptor, path, check)
    } else {
      try writeBeside(chunks, path, check)
    }
  }

  /// Writes `bytes` to a file that appears whole.
  public static func write(
    _ bytes: [UInt8], to path: FilePath, pipes: PipeWait? = nil, replacing check: Check = { _ in }
  ) throws(InputError) {
    let copy = FileBytes(copying: bytes)
    try write([copy.bytes], to: path, pipes: pipes, replacing: check)
  }

  /// Throws where a file must not be replaced.
  public typealias Check = (FilePath) throws(InputError) -> Void

  /// Writes everything to an open descriptor.
  public static func writeAll(
    _ chunks: [UnsafeRawBufferPointer], to descriptor: Int32, pipes: PipeWait? = nil
  ) throws(InputError) {
    for chunk in chunks {
      let number =
        if let pipes { pipes.errorWriting(chunk, to: descriptor) } else { errorWriting(chunk, to: descriptor) }
      if let number { throw failure(number) }
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

  // MARK: - Files without a name

  /// A new file in `folder` that no name leads to; nil where the file system has none such.
  private static func openNameless(in folder: FilePath) -> Int32? {
    // Linux's O_TMPFILE, which holds O_DIRECTORY: a system without it refuses to open a folder for writing.
    let nameless = O_DIRECTORY | 0o20_000_000
    let descriptor = folder.withCString { open($0, O_WRONLY | O_CLOEXEC | nameless, 0o666) }
    return descriptor >= 0 ? descriptor : nil
  }

  private static func name(_ descriptor: Int32, _ path: FilePath, _ check: Check) throws(InputError) {
    if link(descriptor, path) == 0 { return }
    guard errno == EEXIST else { throw failure(errno).about("\(path)") }
    // A link cannot replace a file, and a rename can.
    let other = temporaryName(for: path)
    _ = claim(descriptor)
    guard link(descriptor, other) == 0 else { throw failure(errno).about("\(path)") }
    try rename(other, path, check)
  }

  private static func link(_ descriptor: Int32, _ path: FilePath) -> Int32 {
    let source = "/proc/self/fd/\(descriptor)"
    return path.withCString { linkat(AT_FDCWD, source, AT_FDCWD, $0, AT_SYMLINK_FOLLOW) }
  }

  // MARK: - Files beside the place

  private static func writeBeside(
    _ chunks: [UnsafeRawBufferPointer], _ path: FilePath, _ check: Check
  ) throws(InputError) {
    let (temporary, descriptor) = try openBeside(path)
    // Open until the file has its name: see `claim`.
    defer { close(descriptor) }
    do { try writeAll(chunks, to: descriptor) } catch {
      _ = temporary.withCString { unlink($0) }
      throw error.about("\(path)")
    }
    // A link replaces nothing, whoever comes by the name meanwhile. Some file systems have none.
    if temporary.withCString({ from in path.withCString { Glibc.link(from, $0) } }) == 0 {
      _ = temporary.withCString { unlink($0) }
      return
    }
    try rename(temporary, path, check)
  }

  /// A new file beside `path` that is known to have a writer.
  private static func openBeside(_ path: FilePath) throws(InputError) -> (FilePath, Int32) {
    while true {
      let temporary = temporaryName(for: path)
      let descriptor = temporary.withCString { open($0, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
      guard descriptor >= 0 else {
        let number = errno
        throw InputError(
          "\(path)", "cannot be written: \(reason(number, temporary.parent))", errorNumber: number)
      }
      if claim(descriptor) { return (temporary, descriptor) }
      close(descriptor)
    }
  }

  private static func rename(_ temporary: FilePath, _ path: FilePath, _ check: Check) throws(InputError) {
    do throws(InputError) {
      var status = stat()
      if path.withCString({ lstat($0, &status) }) == 0 { try check(path) }
      let renamed = temporary.withCString { from in path.withCString { to in Glibc.rename(from, to) } }
      if renamed != 0 { throw failure(errno).about("\(path)") }
    } catch {
      _ = temporary.withCString { unlink($0) }
      throw error
    }
  }

  // MARK: - Errors

  private static func failure(_ number: Int32) -> InputError {
    if number == ECANCELED {
      return InputError(
        "", "was not written to its end", remedy: "the run was ended meanwhile", errorNumber: number)
    }
    return InputError("", "cannot be written: \(describe(number))", errorNumber: number)
  }

  /// Why no file can be made in `folder`.
  private static func reason(_ number: Int32, _ folder: FilePath) -> String {
    var status = stat()
    let isMissing = number == ENOENT && folder.withCString { stat($0, &status) } != 0
    return isMissing ? "there is no folder \(folder)" : describe(number)
  }

  private static func writeStraight(
    _ chunks: [UnsafeRawBufferPointer], to path: FilePath, _ pipes: PipeWait?
  ) throws(InputError) {
    do {
      let descriptor = try openForWriting(path, pipes)
      defer { close(descriptor) }
      try writeAll(chunks, to: descriptor, pipes: pipes)
    } catch { throw error.about("\(path)") }
  }

  private static func openForWriting(_ path: FilePath, _ pipes: PipeWait?) throws(InputError) -> Int32 {
    if let pipes { return try pipes.openForWriting(path) }
    let descriptor = path.withCString { open($0, O_WRONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw failure(errno) }
    return descriptor
  }
}
