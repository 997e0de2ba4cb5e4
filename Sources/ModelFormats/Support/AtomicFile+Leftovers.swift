import Glibc

extension AtomicFile {
  /// What names of files end in that are not whole yet.
  static let partSuffix = ".gradcam.part"

  /// Whether a file is what a run that was ended left of an output on a file system that has no nameless files.
  public static func isLeftover(_ name: FilePath) -> Bool { writer(of: name.bytes[...]) != nil }

  /// Removes what runs that were killed left of outputs in a folder. What a living process writes stays.
  ///
  /// This reads the names of the whole folder: call it once, before the first file is written there.
  public static func removeLeftovers(in folder: FilePath) {
    guard let open = folder.withCString({ opendir($0) }) else { return }
    var found: [(name: FilePath, writer: pid_t)] = []
    while let entry = readdir(open) {
      withUnsafeBytes(of: &entry.pointee.d_name) { name in
        guard name[0] == UInt8(ascii: ".") else { return }
        let bytes = name.prefix { $0 != 0 }
        if let writer = writer(of: bytes) { found.append((FilePath(bytes: bytes), writer)) }
      }
    }
    closedir(open)
    for (name, writer) in found { removeUnlessWritten(folder.appending(name), writer) }
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

  /// The process whose temporary file has this name; nil for any other name.
  private static func writer(of name: some BidirectionalCollection<UInt8>) -> pid_t? {
    guard name.first == UInt8(ascii: "."), name.suffix(partSuffix.utf8.count).elementsEqual(partSuffix.utf8)
    else { return nil }
    // Behind the dot: the output's name, the process's number, a random number.
    let parts = name.dropFirst().dropLast(partSuffix.utf8.count).split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    func isNumber(_ part: some Collection<UInt8>) -> Bool {
      !part.isEmpty && part.allSatisfy { (48...57).contains($0) }
    }
    guard parts.count >= 3, isNumber(parts[parts.count - 1]), isNumber(parts[parts.count - 2]) else { return nil }
    return pid_t(String(decoding: parts[parts.count - 2], as: UTF8.self))
  }

  /// The lock proves that nobody writes the file, on whichever machine. The process's number is asked, too, for writers of before there
  /// was the lock; another process may have this one's number in a container, and the lock tells of that.
  private static func removeUnlessWritten(_ path: FilePath, _ writer: pid_t) {
    if writer != getpid(), kill(writer, 0) == 0 || errno == EPERM { return }
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
