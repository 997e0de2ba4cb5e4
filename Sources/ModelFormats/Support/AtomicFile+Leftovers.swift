import Glibc

extension AtomicFile {
  /// What names of files end in that are not whole yet.
  static let partSuffix = ".gradcam.part"

  /// Whether a file is what a run that was ended left of an output on a file system that has no nameless files.
  public static func isLeftover(_ name: FilePath) -> Bool { isPart(name.bytes[...]) }

  /// Removes what runs that were killed left of outputs in a folder. What a living process writes stays.
  ///
  /// This reads the names of the whole folder: call it once, before the first file is written there.
  public static func removeLeftovers(in folder: FilePath) {
    guard let open = folder.withCString({ opendir($0) }) else { return }
    var found: [FilePath] = []
    while let entry = readdir(open) {
      withUnsafeBytes(of: &entry.pointee.d_name) { name in
        guard name[0] == UInt8(ascii: ".") else { return }
        let bytes = name.prefix { $0 != 0 }
        if isPart(bytes) { found.append(FilePath(bytes: bytes)) }
      }
    }
    closedir(open)
    for name in found { removeUnlessWritten(folder.appending(name)) }
  }

  /// The process's number keeps two processes that write the same output apart.
  static func temporaryName(for path: FilePath) -> FilePath {
    // Cut, so that a name of full length has room for the rest.
    let name = path.lastComponent.bytes.prefix(200)
    let rest = ".\(getpid()).\(UInt32.random(in: 0 ... .max))\(partSuffix)"
    return path.parent.appending(FilePath(bytes: Array(".".utf8) + name + Array(rest.utf8)))
  }

  /// Tells other processes that a file which is not whole yet has a writer, for as long as it is open; false where one of them removed
  /// it before that.
  static func claim(_ descriptor: Int32) -> Bool {
    while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
    var status = stat()
    return fstat(descriptor, &status) != 0 || status.st_nlink > 0
  }

  /// Whether this is what `temporaryName` makes.
  private static func isPart(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    guard name.first == UInt8(ascii: "."), name.suffix(partSuffix.utf8.count).elementsEqual(partSuffix.utf8)
    else { return false }
    // Behind the dot: the output's name, the process's number, a random number.
    let parts = name.dropFirst().dropLast(partSuffix.utf8.count).split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    func isNumber(_ part: some Collection<UInt8>) -> Bool {
      !part.isEmpty && part.allSatisfy { (48...57).contains($0) }
    }
    return parts.count >= 3 && isNumber(parts[parts.count - 1]) && isNumber(parts[parts.count - 2])
  }

  /// The lock proves that nobody writes the file, on whichever machine. The process's number proves nothing: another process may have
  /// it by now.
  private static func removeUnlessWritten(_ path: FilePath) {
    let descriptor = path.withCString { open($0, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW) }
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      flock(descriptor, LOCK_EX | LOCK_NB) == 0
    else { return }
    _ = path.withCString { unlink($0) }
  }
}
