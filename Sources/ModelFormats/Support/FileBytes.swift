import Glibc

/// A file's contents, mapped where the file can be mapped and read where it cannot (a pipe, standard input).
///
/// The bytes live as long as this object; a `ByteRegion` keeps it alive.
public final class FileBytes: Sendable {
  nonisolated(unsafe) private let base: UnsafeMutableRawPointer?
  private let isMapped: Bool
  /// How many bytes there are.
  public let count: Int

  /// The whole contents. Not valid beyond the life of this object.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The most that is read from something that cannot be mapped.
  public static let defaultLimit = 1 << 31

  /// Opens the file at `path`.
  ///
  /// - Parameter limit: the most that is read from something that cannot be mapped.
  /// - Throws: `InputError` naming the path: no such file, a folder, no permission, or an empty file.
  public convenience init(path: FilePath, limit: Int = defaultLimit) throws(InputError) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw InputError("\(path)", "\(describe(errno))") }
    defer { close(descriptor) }
    do { try self.init(descriptor: descriptor, limit: limit) } catch { throw error.about("\(path)") }
  }

  /// Takes the contents of an open descriptor, which stays open.
  ///
  /// - Parameters:
  ///   - limit: the most that is read from something that cannot be mapped.
  ///   - isReady: waits until such a descriptor has something to read; false gives up.
  public init(
    descriptor: Int32, limit: Int = defaultLimit, isReady: (Int32) -> Bool = { _ in true }
  ) throws(InputError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw InputError("", "\(describe(errno))") }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw InputError("", "is a folder", remedy: "name a file") }
    if kind == S_IFREG {
      guard status.st_size > 0 else { throw InputError("", "is empty") }
      count = Int(status.st_size)
      let mapping = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
      guard let mapping, mapping != MAP_FAILED else { throw InputError("", "\(describe(errno))") }
      base = mapping
      isMapped = true
    } else {
      (base, count) = try readAll(descriptor, limit: limit, isReady)
      isMapped = false
    }
  }

  /// A copy of bytes that are in memory already.
  public init(copying bytes: [UInt8]) {
    let copy = malloc(max(bytes.count, 1))
    bytes.withUnsafeBytes { source in
      if let from = source.baseAddress { copy?.copyMemory(from: from, byteCount: source.count) }
    }
    base = copy
    count = bytes.count
    isMapped = false
  }

  deinit {
    if isMapped { munmap(base, count) } else { free(base) }
  }

  /// Gives back the memory behind some bytes of a mapped file, all but the pages at their ends; they are read anew when needed.
  func discard(offset: Int, count: Int) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (offset + page - 1) / page * page
    let end = (offset + count) / page * page
    guard isMapped, let base, end > first else { return }
    madvise(base + first, end - first, MADV_DONTNEED)
  }

  /// All bytes, as a region that keeps this object alive.
  package var region: ByteRegion { ByteRegion(self, offset: 0, count: count) }
}

/// Some consecutive bytes of a file, kept alive by it.
package struct ByteRegion: Sendable {
  package let file: FileBytes
  package let offset: Int
  package let count: Int

  /// - Precondition: the region lies inside the file; check lengths that a file claims before.
  package init(_ file: FileBytes, offset: Int, count: Int) {
    precondition(offset >= 0 && count >= 0 && offset <= file.count - count, "a region outside its file")
    self.file = file
    self.offset = offset
    self.count = count
  }

  /// Gives back the memory behind these bytes where they are mapped, once they have been copied or looked through.
  package func discard() { file.discard(offset: offset, count: count) }

  /// The bytes; not valid beyond the life of `file`.
  package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[offset..<offset + count]) }
}

/// What the system says of an error number.
public func describe(_ number: Int32) -> String {
  switch number {
  case ENOENT: "no such file"
  case EACCES: "permission denied"
  case EISDIR: "is a folder"
  case ENOSPC: "no space left on the device"
  default: strerror(number).map { String(cString: $0).lowercased() } ?? "error \(number)"
  }
}

private func readAll(_ descriptor: Int32, limit: Int, _ isReady: (Int32) -> Bool) throws(InputError) -> (
  UnsafeMutableRawPointer, Int
) {
  var capacity = 1 << 16
  var count = 0
  guard var buffer = malloc(capacity) else { throw InputError("", "out of memory") }
  while true {
    if count == capacity {
      guard capacity < limit, let grown = realloc(buffer, min(capacity * 2, limit)) else {
        free(buffer)
        throw InputError("", "is larger than \(limit) bytes")
      }
      (buffer, capacity) = (grown, min(capacity * 2, limit))
    }
    guard isReady(descriptor) else {
      free(buffer)
      throw InputError("", "was not read to its end", remedy: "the run was ended meanwhile")
    }
    let got = read(descriptor, buffer + count, capacity - count)
    if got == 0 { break }
    if got < 0 {
      let number = errno
      if number == EINTR { continue }
      free(buffer)
      throw InputError("", "\(describe(number))")
    }
    count += got
  }
  guard count > 0 else {
    free(buffer)
    throw InputError("", "is empty")
  }
  return (buffer, count)
}
