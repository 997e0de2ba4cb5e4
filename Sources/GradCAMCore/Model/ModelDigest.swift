internal import Glibc
public import ModelFormats

/// The SHA-256 of a model's file.
///
/// Reading all of a large file to hash it takes longer than a whole explanation. `gradcam convert`, which makes the file, leaves
/// its digest beside the content, in an extended attribute with the size and the time of change that it holds for; the file is
/// hashed where these do not agree any more, or where the attribute is missing, as in a copy.
public enum ModelDigest {
  private static let attribute = "user.gradcam.sha256"

  /// The digest as 64 hexadecimal digits.
  ///
  /// - Parameter isTrusting: whether the attribute will do.
  /// - Throws: `InputError` naming the file that cannot be read.
  public static func sha256(of path: FilePath, isTrusting: Bool = true) throws(InputError) -> String {
    if isTrusting, let kept = kept(at: path) { return kept }
    let file = try FileBytes(path: path)
    defer { withExtendedLifetime(file) {} }
    return SHA256.digest(of: file.bytes)
  }

  /// Leaves the digest of a file that was just written beside its content. Where the file system has no room for
  /// attributes, the file is hashed whenever it is used.
  static func keep(at path: FilePath) {
    guard let stamp = stamp(of: path), let digest = try? sha256(of: path, isTrusting: false) else { return }
    ExtendedAttribute.set(attribute, to: Array("\(digest) \(stamp)".utf8), at: path)
  }

  private static func kept(at path: FilePath) -> String? {
    guard let value = ExtendedAttribute.get(attribute, at: path), let stamp = stamp(of: path) else { return nil }
    let words = String(decoding: value, as: UTF8.self).split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].utf8.count == 64, words[1] == stamp else { return nil }
    return String(words[0])
  }

  /// What changes when the content does: the file's size and the time of its last change.
  private static func stamp(of path: FilePath) -> String? {
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return "\(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }
}

/// A file's extended attributes. Swift's Glibc module leaves `sys/xattr.h` out, so that the functions are looked up by name.
private enum ExtendedAttribute {
  private typealias Setter =
    @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeRawPointer?, Int, Int32) -> Int32
  private typealias Getter =
    @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafeMutableRawPointer?, Int) -> Int

  static func set(_ name: String, to value: [UInt8], at path: FilePath) {
    guard let function = dlsym(nil, "setxattr") else { return }
    let set = unsafeBitCast(function, to: Setter.self)
    _ = path.withCString { path in value.withUnsafeBytes { set(path, name, $0.baseAddress, $0.count, 0) } }
  }

  static func get(_ name: String, at path: FilePath) -> [UInt8]? {
    guard let function = dlsym(nil, "getxattr") else { return nil }
    let get = unsafeBitCast(function, to: Getter.self)
    var value = [UInt8](repeating: 0, count: 256)
    let count = path.withCString { path in value.withUnsafeMutableBytes { get(path, name, $0.baseAddress, $0.count) } }
    return count > 0 ? Array(value.prefix(count)) : nil
  }
}
