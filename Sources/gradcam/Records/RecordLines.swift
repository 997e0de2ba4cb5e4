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

  private struct State {
    let reader: LineReader
    var number = 0
    /// What came through a pipe, where lines are to be had again.
    var kept: [UInt8] = []
  }

  /// How messages call the file.
  let name: String
  private let descriptor: Int32
  private let isRegular: Bool
  private let keepsPipes: Bool
  private let state: Mutex<State>

  /// - Parameters:
  ///   - path: `-` reads standard input.
  ///   - limit: the most that a line may hold.
  ///   - keepsPipes: whether lines of what can be read once are to be had again, too.
  ///   - stop: ends a wait for more of the file.
  /// - Throws: `InputError` naming a file that cannot be opened.
  convenience init(
    _ path: FilePath, limit: Int = .max, keepsPipes: Bool = false, stop: StopRequest = StopRequest()
  ) throws(InputError) {
    self.init(try LineReader(path, limit: limit, stop: stop), keepsPipes: keepsPipes)
  }

  init(_ reader: sending LineReader, keepsPipes: Bool = false) {
    (name, descriptor, isRegular) = (reader.name, reader.descriptor, reader.isRegular)
    self.keepsPipes = keepsPipes
    state = Mutex(State(reader: reader))
  }

  /// The next line that is not blank; nil at the end, or where the run is asked to stop.
  ///
  /// - Throws: `InputError` naming the file where it cannot be read on, or a line is too long.
  func next() throws(InputError) -> Line? {
    try state.withLock { (state) throws(InputError) in
      while let piece = try state.reader.next() {
        state.number += 1
        if keepsPipes, !isRegular { state.kept += piece.bytes + [LineReader.lineFeed] }
        guard piece.bytes.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { continue }
        return Line(number: state.number, place: piece.start, bytes: piece.bytes, isEnded: piece.isEnded)
      }
      return nil
    }
  }

  /// Whether this is no file on disk, and nothing came through it.
  var isEmptyPipe: Bool { !isRegular && state.withLock { $0.number == 0 } }

  /// The line that begins at a place which `next` told.
  func line(at place: Int) -> [UInt8] {
    var line: [UInt8] = []
    while case let chunk = bytes(at: place + line.count, count: 1 << 14), !chunk.isEmpty {
      guard let end = chunk.firstIndex(of: LineReader.lineFeed) else {
        line += chunk
        continue
      }
      return line + chunk[..<end]
    }
    return line
  }

  private func bytes(at offset: Int, count: Int) -> [UInt8] {
    if isRegular { return fileBytes(descriptor, at: offset, count: count) }
    return state.withLock { Array($0.kept.dropFirst(offset).prefix(count)) }
  }
}
