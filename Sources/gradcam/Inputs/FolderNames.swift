import Glibc
import ModelFormats

/// The names in one folder in the order of their bytes, all in one buffer: a folder of a million takes some 30 MB.
struct FolderNames {
  enum Kind: UInt8 { case file, folder, link, unknown }

  private var buffer: [UInt8] = []
  /// Where each name begins in the buffer, behind a byte for its kind, and how long it is.
  private var places: [(start: UInt32, count: UInt16)] = []

  var count: Int { places.count }

  /// Reads the folder, without `.` and `..`.
  ///
  /// - Throws: `InputError` naming the folder.
  init(in path: FilePath) throws(InputError) {
    guard let folder = path.withCString({ opendir($0) }) else {
      throw InputError("\(path)", "\(describe(errno))", errorNumber: errno)
    }
    defer { closedir(folder) }
    errno = 0
    while let entry = readdir(folder) {
      let kind = Self.kind(entry.pointee.d_type)
      withUnsafeBytes(of: &entry.pointee.d_name) { name in
        let bytes = name.prefix { $0 != 0 }
        guard !bytes.elementsEqual(Self.own), !bytes.elementsEqual(Self.parent) else { return }
        buffer.append(kind.rawValue)
        places.append((UInt32(buffer.count), UInt16(bytes.count)))
        buffer += bytes
      }
    }
    guard errno == 0 else { throw InputError("\(path)", "\(describe(errno))", errorNumber: errno) }
    buffer.withUnsafeBytes { buffer in
      places.sort { Self.precedes(buffer, $0, $1) }
    }
  }

  subscript(index: Int) -> (name: FilePath, kind: Kind) {
    let (start, count) = places[index]
    let first = Int(start)
    return (FilePath(bytes: buffer[first..<first + Int(count)]), Kind(rawValue: buffer[first - 1]) ?? .unknown)
  }

  private static let own = [UInt8(ascii: ".")]
  private static let parent = [UInt8(ascii: "."), UInt8(ascii: ".")]

  private static func kind(_ type: UInt8) -> Kind {
    switch Int(type) {
    case Int(DT_REG): .file
    case Int(DT_DIR): .folder
    case Int(DT_LNK): .link
    default: .unknown
    }
  }

  private static func precedes(
    _ buffer: UnsafeRawBufferPointer, _ left: (start: UInt32, count: UInt16), _ right: (start: UInt32, count: UInt16)
  ) -> Bool {
    guard let base = buffer.baseAddress else { return false }
    let order = memcmp(base + Int(left.start), base + Int(right.start), Int(min(left.count, right.count)))
    return order == 0 ? left.count < right.count : order < 0
  }
}
