import Glibc

/// The files beside a model that hold its larger tensors; each is mapped once.
///
/// A model file is untrusted: what it names is opened only if it lies in the model's own folder, links followed.
struct ONNXExternalData {
  private let folder: FilePath?
  /// By their real paths, so that no spelling maps a file twice.
  private var files: [FilePath: FileBytes] = [:]
  private var realPaths: [String: FilePath] = [:]

  /// All that were opened.
  var opened: [FileBytes] { files.sorted { $0.key.bytes.lexicographicallyPrecedes($1.key.bytes) }.map(\.value) }

  init(folder: FilePath?) { self.folder = folder }

  /// The bytes of the tensor `name`.
  ///
  /// - Parameters:
  ///   - entries: what the tensor says of its place: `location`, `offset`, `length`.
  ///   - count: the bytes that its shape and type need.
  mutating func data(
    of name: String, described entries: [String: String], count: Int
  ) throws(InputError) -> ByteRegion {
    guard let location = entries["location"], !location.isEmpty else {
      throw InputError(
        "", "tensor \(name.printable) is kept in another file, which the model does not name",
        remedy: "save the model again, with its weights inside")
    }
    let what = "tensor \(name.printable) is kept in the file \(location.printable)"
    let file = try self.file(location, what)
    guard let offset = Int(entries["offset"] ?? "0"), let length = Int(entries["length"] ?? "\(count)"), offset >= 0
    else { throw InputError("", "\(what) at a place that is no number") }
    guard length == count else {
      throw InputError("", "\(what) with \(length) bytes, and its shape and type need \(count)")
    }
    guard count <= file.count, offset <= file.count - count else {
      throw InputError("", "\(what) at byte \(offset) with \(count) bytes, and the file has \(file.count)")
    }
    return ByteRegion(file, offset: offset, count: count)
  }

  private mutating func file(_ location: String, _ what: String) throws(InputError) -> FileBytes {
    let path: FilePath
    if let known = realPaths[location] { path = known } else { path = try realPath(location, what) }
    realPaths[location] = path
    if let file = files[path] { return file }
    do throws(InputError) {
      let file = try FileBytes(mapping: path)
      files[path] = file
      return file
    } catch {
      throw InputError("", "\(what): \(error.problem)", remedy: error.remedy)
    }
  }

  /// The file's path without links, which lies in the model's folder and is that of a file.
  private func realPath(_ location: String, _ what: String) throws(InputError) -> FilePath {
    guard let folder else {
      throw InputError("", "\(what) beside the model, whose folder is not known", remedy: "name the model's file")
    }
    let parts = location.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard !location.isEmpty, parts.first?.isEmpty == false, !parts.contains(where: { $0.elementsEqual("..".utf8) }),
      !location.utf8.contains(0)
    else { throw outside(what) }
    guard let home = Self.resolve(folder), let path = Self.resolve(folder.appending(FilePath(location))) else {
      throw InputError("", "\(what): \(describe(errno))", remedy: "keep it in the model's folder")
    }
    let prefix = home.bytes == [UInt8(ascii: "/")] ? home.bytes : home.bytes + [UInt8(ascii: "/")]
    guard path.bytes.starts(with: prefix) else { throw outside(what) }
    var status = stat()
    guard path.withCString({ stat($0, &status) }) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw InputError("", "\(what), which is not a file")
    }
    return path
  }

  private func outside(_ what: String) -> InputError {
    InputError("", "\(what), which is not in the model's folder", remedy: "copy it there")
  }

  private static func resolve(_ path: FilePath) -> FilePath? {
    // An empty path is the current folder, as it is for `FilePath.appending`.
    let path = path.bytes.isEmpty ? FilePath(".") : path
    guard let resolved = path.withCString({ realpath($0, nil) }) else { return nil }
    defer { free(resolved) }
    return FilePath(bytes: UnsafeRawBufferPointer(start: resolved, count: strlen(resolved)))
  }
}
