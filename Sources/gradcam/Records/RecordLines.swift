import Glibc
import ModelFormats
import Synchronization

/// The lines of a file of records that hold something: one after the other, and any of them again by its place.
final class RecordLines: Sendable {
  struct Line: Sendable {
    /// From 1 on.
    let number: Int
    /// Where it begins: see `line(at:)`.
    let place: Int
    let bytes: [UInt8]
    /// Whether a line feed ends it; where none does, its writer may have been cut off.
    let isEnded: Bool
  }

  /// Where lines are read again from.
  private enum Source {
    /// A file, which is not held open in between: there may be many.
    case path(FilePath)
    case descriptor(Int32)
    /// What can be read once.
    case pipe
  }

  private struct State {
    /// nil at the end.
    var reader: LineReader?
    var number = 0
    /// What came through a pipe, where lines are to be had again.
    var kept: [UInt8] = []
  }

  /// How messages call the file.
  let name: String
  private let source: Source
  private let keepsPipes: Bool
  private let state: Mutex<State>

  /// The most that a record may hold: outlines of ragged regions are long.
  private static let longest = 1 << 26

  /// - Parameters:
  ///   - path: `-` reads standard input.
  ///   - keepsPipes: whether lines of what can be read once are to be had again, too.
  ///   - stop: ends a wait for more of the file.
  /// - Throws: `InputError` naming a file that cannot be opened.
  init(_ path: FilePath, keepsPipes: Bool = false, stop: StopRequest? = nil) throws(InputError) {
    let reader = try LineReader(path, limit: Self.longest, stop: stop)
    (name, source) = (reader.name, reader.isRegular ? .path(path) : .pipe)
    self.keepsPipes = keepsPipes
    state = Mutex(State(reader: reader))
  }

  /// The lines of an open file, which stays open.
  init(open descriptor: Int32, named name: String) throws(InputError) {
    (self.name, source, keepsPipes) = (name, .descriptor(descriptor), false)
    state = Mutex(State(reader: try LineReader(open: descriptor, named: name, limit: Self.longest)))
  }

  /// The next line that is not blank; nil at the end, or where the run is asked to stop.
  ///
  /// - Throws: `InputError` naming the file where it cannot be read on, or holds too much.
  func next() throws(InputError) -> Line? {
    try state.withLock { (state) throws(InputError) in
      while let piece = try state.reader?.next() {
        state.number += 1
        guard !piece.isCut else { throw InputError("\(name)", "holds a line of more than \(Self.longest) bytes") }
        if keepsPipes, case .pipe = source { try keep(piece.bytes, &state) }
        guard piece.bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
        return Line(number: state.number, place: piece.start, bytes: piece.bytes, isEnded: piece.isEnded)
      }
      state.reader = nil
      return nil
    }
  }

  private func keep(_ line: [UInt8], _ state: inout State) throws(InputError) {
    let limit = FileBytes.defaultLimit
    guard state.kept.count + line.count < limit else { throw InputError("\(name)", "is larger than \(limit) bytes") }
    state.kept += line
    state.kept.append(LineReader.lineFeed)
  }

  /// Whether this is no file on disk, and nothing came through it.
  var isEmptyPipe: Bool {
    guard case .pipe = source else { return false }
    return state.withLock { $0.number == 0 }
  }

  /// The line that begins at a place which `next` told; empty where the file has gone since.
  func line(at place: Int) -> [UInt8] {
    switch source {
    case .descriptor(let descriptor): return Self.line(at: place) { fileBytes(descriptor, at: $0, count: $1) }
    case .pipe:
      return Self.line(at: place) { offset, count in
        state.withLock { Array($0.kept.dropFirst(offset).prefix(count)) }
      }
    case .path(let path):
      let descriptor = path.withCString { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
      guard descriptor >= 0 else { return [] }
      defer { close(descriptor) }
      return Self.line(at: place) { fileBytes(descriptor, at: $0, count: $1) }
    }
  }

  private static func line(at place: Int, _ bytes: (_ offset: Int, _ count: Int) -> [UInt8]) -> [UInt8] {
    var line: [UInt8] = []
    while case let chunk = bytes(place + line.count, 1 << 14), !chunk.isEmpty {
      guard let end = chunk.firstIndex(of: LineReader.lineFeed) else {
        line += chunk
        continue
      }
      return line + chunk[..<end]
    }
    return line
  }
}
