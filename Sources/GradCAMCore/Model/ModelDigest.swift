internal import Glibc
public import ModelFormats

/// The SHA-256 of a model's file.
///
/// Reading all of a large file to hash it takes longer than a whole explanation. `gradcam convert`, which makes the file, leaves
/// its digest beside the content, in an extended attribute with the size and the time of change that it holds for; the file is
/// hashed where these do not agree any more, or where the attribute is missing, as in a copy. All of it is asked of the file that the
/// model is loaded from, which is open, and not of its path, which may lead to another by then.
public enum ModelDigest {
  private static let attribute = "user.gradcam.sha256"

  /// The digest as 64 hexadecimal digits.
  ///
  /// - Parameter isTrusting: whether the attribute will do.
  /// - Throws: `InputError` naming the file that cannot be read, or changes meanwhile.
  public static func sha256(of path: FilePath, isTrusting: Bool = true) throws(InputError) -> String {
    let file = try FileBytes(mapping: path)
    let digest = try sha256(of: file, isTrusting: isTrusting)
    try file.requireUnchanged()
    return digest
  }

  /// The same of a file that is open: its digest, whatever its path leads to by now.
  ///
  /// - Throws: `InputError` naming the file that cannot be read on.
  public static func sha256(of file: FileBytes, isTrusting: Bool = true) throws(InputError) -> String {
    if isTrusting, let kept = kept(in: file) { return kept }
    var hash = SHA256()
    do { try file.reread { hash.update($0) } } catch { throw error.about(file.path.map { "\($0)" } ?? "") }
    return hash.digest()
  }

  /// Leaves the digest of a file that was just written beside its content. Where the file system has no room for
  /// attributes, the file is hashed whenever it is used.
  static func keep(at path: FilePath) {
    // A pipe would be read to its end, which is the reader's to do.
    guard FileVersion(path) != nil, let file = try? FileBytes(mapping: path), let version = file.version,
      let digest = try? sha256(of: file, isTrusting: false)
    else { return }
    ExtendedAttribute.set(attribute, to: Array("\(digest) \(version.stamp)".utf8), at: path)
  }

  /// The digest that was left beside an open file, if nobody wrote to the file since.
  static func kept(in file: FileBytes) -> String? {
    guard let version = file.version,
      let value = file.withDescriptor({ ExtendedAttribute.get(attribute, of: $0) })
    else { return nil }
    let words = String(decoding: value, as: UTF8.self).split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].utf8.count == 64, words[1] == version.stamp else { return nil }
    return String(words[0])
  }
}

/// A file's extended attributes. Swift's Glibc module leaves `sys/xattr.h` out, so that the functions are looked up by name.
private enum ExtendedAttribute {
  private typealias Setter =
    @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32) -> Int32
  private typealias Getter = @convention(c) (Int32, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int

  static func set(_ name: String, to value: [UInt8], at path: FilePath) {
    guard let function = dlsym(nil, "setxattr") else { return }
    let set = unsafeBitCast(function, to: Setter.self)
    _ = path.withCString { path in value.withUnsafeBytes { set(path, name, $0.baseAddress, $0.count, 0) } }
  }

  static func get(_ name: String, of descriptor: Int32) -> [UInt8]? {
    guard let function = dlsym(nil, "fgetxattr") else { return nil }
    let get = unsafeBitCast(function, to: Getter.self)
    var value = [UInt8](repeating: 0, count: 256)
    let count = value.withUnsafeMutableBytes { get(descriptor, name, $0.baseAddress, $0.count) }
    return count > 0 ? Array(value.prefix(count)) : nil
  }
}
