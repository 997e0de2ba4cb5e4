import CFileGuard
import Glibc

/// A file's contents.
///
/// Small files are read, and so is what is no file on disk (a pipe, standard input). Large ones and models are mapped, which takes neither
/// time nor memory before they are looked at. Somebody may cut a mapped file short meanwhile: what is gone then reads as zeros, in
/// the place of a SIGBUS that ends the process, and `requireUnchanged` says so. The first mapping installs the process's handler of
/// SIGBUS for that; faults elsewhere go to the handler before it.
///
/// The bytes live as long as this object; a `ByteRegion` keeps it alive.
public final class FileBytes: Sendable {
  /// A mapping that is guarded, and a descriptor of its file.
  private struct Mapping {
    let guardNumber: Int32
    let descriptor: Int32
  }

  nonisolated(unsafe) private let base: UnsafeMutableRawPointer?
  private let mapping: Mapping?
  /// How many bytes there are.
  public let count: Int
  /// What was opened; nil where that is not known.
  public let path: FilePath?
  /// The file as it was when it was opened; nil for what is no file on disk.
  public let version: FileVersion?

  /// The whole contents. Not valid beyond the life of this object.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// The most that is read from something that cannot be mapped.
  public static let defaultLimit = 1 << 31

  /// What is said of a file without a byte, so that whoever knows what should be there can add it.
  package static let empty = InputError("", "is empty")

  /// From that size on, in bytes, files are mapped: below it a copy is as cheap, and above it takes memory from the system each time.
  private static let largeFile = 1 << 16

  /// Opens the file at `path`.
  ///
  /// - Parameter limit: the most that is read from something that cannot be mapped.
  /// - Throws: `InputError` naming the path: no such file, a folder, no permission, an empty file, or one that changes while it is
  ///   read.
  public convenience init(path: FilePath, limit: Int = defaultLimit) throws(InputError) {
    try self.init(path, mappedFrom: Self.largeFile, limit: limit)
  }

  /// Maps the file at `path`, of any size, for long use.
  ///
  /// - Throws: see `init(path:limit:)`.
  public convenience init(mapping path: FilePath) throws(InputError) {
    try self.init(path, mappedFrom: 0, limit: Self.defaultLimit)
  }

  private convenience init(_ path: FilePath, mappedFrom size: Int, limit: Int) throws(InputError) {
    let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw InputError("\(path)", "\(describe(errno))") }
    defer { close(descriptor) }
    do { try self.init(descriptor, path, mappedFrom: size, limit: limit) { _ in true } } catch {
      throw error.about("\(path)")
    }
  }

  /// Takes the contents of an open descriptor, which stays open.
  ///
  /// - Parameters:
  ///   - limit: the most that is read from something that cannot be mapped.
  ///   - isReady: waits until such a descriptor has something to read; false gives up.
  public convenience init(
    descriptor: Int32, limit: Int = defaultLimit, isReady: (Int32) -> Bool = { _ in true }
  ) throws(InputError) {
    try self.init(descriptor, nil, mappedFrom: Self.largeFile, limit: limit, isReady)
  }

  private init(
    _ descriptor: Int32, _ path: FilePath?, mappedFrom size: Int, limit: Int, _ isReady: (Int32) -> Bool
  ) throws(InputError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw InputError("", "\(describe(errno))") }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw InputError("", "is a folder", remedy: "name a file") }
    self.path = path
    version = FileVersion(status)
    guard let version else {
      mapping = nil
      (base, count) = try readAll(descriptor, limit: limit, isReady)
      return
    }
    guard version.size > 0 else { throw Self.empty }
    count = version.size
    if version.size >= size, let (start, mapping) = Self.map(descriptor, version.size) {
      (base, self.mapping) = (start, mapping)
    } else {
      mapping = nil
      base = try readWhole(descriptor, version)
    }
  }

  /// Maps a file; nil where that cannot be had, or not be guarded.
  private static func map(_ descriptor: Int32, _ count: Int) -> (UnsafeMutableRawPointer, Mapping)? {
    let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else { return nil }
    let number = gradcam_guard(start, count)
    let kept = number < 0 ? -1 : fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard kept >= 0 else {
      if number >= 0 { gradcam_unguard(number) }
      munmap(start, count)
      return nil
    }
    return (start, Mapping(guardNumber: number, descriptor: kept))
  }

  /// A copy of bytes that are in memory already.
  public init(copying bytes: [UInt8]) {
    let copy = malloc(max(bytes.count, 1))
    bytes.withUnsafeBytes { source in
      if let from = source.baseAddress { copy?.copyMemory(from: from, byteCount: source.count) }
    }
    base = copy
    count = bytes.count
    (mapping, path, version) = (nil, nil, nil)
  }

  deinit {
    guard let mapping else { return free(base) }
    gradcam_unguard(mapping.guardNumber)
    munmap(base, count)
    close(mapping.descriptor)
  }

  // MARK: - Changes

  /// Whether the bytes are the file's own, which somebody may change; others are a copy.
  public var isMapped: Bool { mapping != nil }

  /// The open file of a mapping as it is now; nil where there is none.
  package var currentVersion: FileVersion? { mapping.flatMap { FileVersion(open: $0.descriptor) } }

  /// Why the bytes cannot be trusted: a part of a mapped file was gone when it was looked at.
  package var loss: InputError? {
    guard let mapping, gradcam_guard_is_hit(mapping.guardNumber) != 0 else { return nil }
    return InputError(path.map { "\($0)" } ?? "", "was cut short, or could not be read on, while it was in use")
  }

  /// Makes sure that the file did not change since it was opened, so that all that was made of the bytes belongs together.
  ///
  /// - Throws: `InputError` that names the file where its path is known.
  public func requireUnchanged() throws(InputError) {
    if let loss { throw loss }
    guard let now = currentVersion, let version, !now.hasContent(of: version) else { return }
    throw InputError(path.map { "\($0)" } ?? "", "changed while it was read")
  }

  /// Reads the open file of a mapping once more, from its beginning to its end, apart from the mapping.
  ///
  /// - Throws: `InputError` without a subject where it cannot be read.
  package func reread(_ body: (UnsafeRawBufferPointer) -> Void) throws(InputError) {
    guard let mapping else { return body(bytes) }
    let size = 1 << 18
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    defer { buffer.deallocate() }
    var place = 0
    while true {
      let got = pread(mapping.descriptor, buffer, size, off_t(place))
      if got == 0 { return }
      if got > 0 {
        body(UnsafeRawBufferPointer(start: buffer, count: got))
        place += got
      } else if errno != EINTR {
        throw InputError("", "\(describe(errno))")
      }
    }
  }

  /// Calls `body` with a descriptor of a mapping's file.
  package func withDescriptor<Result>(_ body: (Int32) -> Result?) -> Result? { mapping.flatMap { body($0.descriptor) } }

  // MARK: - Parts

  /// Gives back the memory behind some bytes of a mapped file, all but the pages at their ends; they are read anew when needed.
  func discard(offset: Int, count: Int) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (offset + page - 1) / page * page
    let end = (offset + count) / page * page
    guard mapping != nil, let base, end > first else { return }
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
    throw FileBytes.empty
  }
  return (buffer, count)
}

/// All of a file on disk, which must not change meanwhile.
private func readWhole(_ descriptor: Int32, _ version: FileVersion) throws(InputError) -> UnsafeMutableRawPointer {
  let count = version.size
  guard let buffer = malloc(count) else { throw InputError("", "out of memory") }
  var problem: Message?
  var done = 0
  while done < count, problem == nil {
    let got = pread(descriptor, buffer + done, count - done, off_t(done))
    if got > 0 {
      done += got
    } else if got == 0 {
      problem = "was cut short while it was read"
    } else if errno != EINTR {
      problem = "\(describe(errno))"
    }
  }
  if problem == nil, FileVersion(open: descriptor)?.hasContent(of: version) != true {
    problem = "changed while it was read"
  }
  if let problem {
    free(buffer)
    throw InputError("", problem)
  }
  return buffer
}
