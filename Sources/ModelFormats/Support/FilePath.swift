/// A file's path as the bytes that the system knows it by, which need not be UTF-8.
public struct FilePath: Hashable, Sendable, CustomStringConvertible {
  /// The bytes, without a terminating NUL.
  public let bytes: [UInt8]

  /// The path of these bytes, whatever they encode.
  public init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
  /// The path of a string's UTF-8.
  public init(_ string: String) { bytes = Array(string.utf8) }

  /// The path for people: bytes that are not UTF-8 are shown as replacement characters.
  public var description: String { String(decoding: bytes, as: UTF8.self) }

  /// Whether `description` is the path to the byte.
  public var isUTF8: Bool { Array(description.utf8) == bytes }

  /// What follows the last slash; a trailing slash is not part of it.
  public var lastComponent: FilePath {
    let trimmed = trimmingTrailingSlashes()
    return FilePath(bytes: trimmed.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).last ?? [])
  }

  /// `lastComponent` without its last extension; a leading dot starts no extension.
  public var stem: FilePath {
    let name = lastComponent.bytes
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else { return FilePath(bytes: name) }
    return FilePath(bytes: name[..<dot])
  }

  /// The folder that holds this path: `.` where the path has no slash.
  public var parent: FilePath {
    let trimmed = trimmingTrailingSlashes()
    guard let slash = trimmed.lastIndex(of: UInt8(ascii: "/")) else { return FilePath(".") }
    return slash == trimmed.startIndex ? FilePath("/") : FilePath(bytes: trimmed[..<slash])
  }

  /// This path with `name` below it.
  public func appending(_ name: FilePath) -> FilePath {
    if bytes.isEmpty || bytes == [UInt8(ascii: ".")] { return name }
    return FilePath(bytes: trimmingTrailingSlashes() + [UInt8(ascii: "/")] + name.bytes)
  }

  /// Hands `body` the path as a C string.
  ///
  /// A NUL among the bytes would cut the name short there; no file can have such a name, so none is opened by it.
  public func withCString<Result>(_ body: (UnsafePointer<CChar>) throws -> Result) rethrows -> Result {
    let terminated = bytes.map { CChar(bitPattern: $0) } + [0]
    return try terminated.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a terminated string is never empty") }
      return try body(base)
    }
  }

  private func trimmingTrailingSlashes() -> ArraySlice<UInt8> {
    var end = bytes.endIndex
    while end > 1, bytes[end - 1] == UInt8(ascii: "/") { end -= 1 }
    return bytes[..<end]
  }
}
