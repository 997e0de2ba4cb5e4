import Glibc
import GradCAMCore
import ModelFormats

/// The paths of `--files-from`, one after the other.
final class PathList {
  enum Entry: Equatable {
    case path(FilePath)
    /// A line that can be no path: what it is called, and why.
    case faulty(FilePath, InputError)
  }

  private let lines: LineReader
  private let isNULSeparated: Bool
  /// What lines are named after.
  private let list: FilePath
  private var number = 0

  /// The most that a path may hold: the system takes as many bytes and a NUL.
  private static let longest = Int(PATH_MAX) - 1

  /// - Parameter stop: ends a wait for more of the list.
  /// - Throws: `InputError` naming the list: not to be opened, or an image.
  init(_ path: FilePath, isNULSeparated: Bool, stop: StopRequest?) throws(InputError) {
    self.isNULSeparated = isNULSeparated
    let separator = isNULSeparated ? 0 : LineReader.lineFeed
    lines = try LineReader(path, separator: separator, limit: Self.longest, stop: stop)
    list = path.isDash ? FilePath(lines.name) : path
    if lines.isRegular, Self.isImage(lines.descriptor) {
      throw InputError("\(lines.name)", "is an image, and no list of images", remedy: "name it without --files-from")
    }
  }

  /// Whether the list is an image by mistake, every line of which would be one that is not there. Formats that begin with letters
  /// may be paths.
  private static func isImage(_ descriptor: Int32) -> Bool {
    switch fileBytes(descriptor, at: 0, count: 64).withUnsafeBytes({ ImageFormat($0) }) {
    case .jpeg, .png, .npy: true
    case .pnm, .dicom, .bmp, .otherImage, .otherFile, .unknown: false
    }
  }

  /// The next line that is not empty; nil at the end, or where the run is asked to stop.
  ///
  /// - Throws: `InputError` naming the list where it cannot be read on.
  func next() throws(InputError) -> Entry? {
    while let line = try lines.next() {
      number += 1
      if let error = fault(of: line) {
        let name = FilePath(bytes: list.bytes + Array(":\(number)".utf8))
        return .faulty(name, error.about("\(name)"))
      }
      let bytes = line.bytes
      let path = !isNULSeparated && bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes[...]
      if !path.isEmpty { return .path(FilePath(bytes: path)) }
    }
    return nil
  }

  private func fault(of line: LineReader.Piece) -> InputError? {
    if !isNULSeparated && line.bytes.contains(0) {
      return InputError("", "holds NUL bytes", remedy: "a path a line; --null for paths between NUL bytes")
    }
    guard line.isCut else { return nil }
    return InputError(
      "", "has \(line.count.grouped) bytes, and no path more than \(Self.longest.grouped)", remedy: "a path a line")
  }

  /// Whether the next path, or the end, is there without waiting for whoever writes the list.
  var isAtHand: Bool { lines.isAtHand }

  /// How many inputs a regular file lists; nil for a list that is still being written.
  static func count(_ path: FilePath, isNULSeparated: Bool, where accepts: (FilePath) -> Bool) -> Int? {
    guard FileIdentity(path) != nil,
      let list = try? PathList(path, isNULSeparated: isNULSeparated, stop: nil)
    else { return nil }
    var count = 0
    do {
      while let entry = try list.next() {
        switch entry {
        case .path(let path), .faulty(let path, _): if accepts(path) { count += 1 }
        }
      }
    } catch {
      return nil
    }
    return count
  }
}
