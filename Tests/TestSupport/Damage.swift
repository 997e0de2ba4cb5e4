/// Damaged copies of a file, the same in every run, and how a reader takes them.
public enum Damage {
  /// The file cut short at places from `first` on: at all, or at about `count` of them.
  public static func cuts(_ whole: [UInt8], from first: Int = 0, about count: Int = .max) -> some Sequence<[UInt8]> {
    stride(from: first, to: whole.count, by: max(1, whole.count / count)).lazy.map { Array(whole[..<$0]) }
  }

  /// The file with one byte changed, `count` times, at places and by bits that are drawn.
  public static func changes(_ whole: [UInt8], count: Int) -> some Sequence<[UInt8]> {
    var random = SeededRandom(seed: UInt64(whole.count))
    let drawn = (0..<count).map { _ in
      (place: Int(random.next() % UInt64(whole.count)), bits: UInt8(truncatingIfNeeded: random.next()) | 1)
    }
    return drawn.lazy.map { changed(whole, at: $0.place, by: $0.bits) }
  }

  /// The file with one byte changed, for every byte and each of `bits`.
  public static func everyChange(_ whole: [UInt8], by bits: [UInt8]) -> some Sequence<[UInt8]> {
    whole.indices.lazy.flatMap { place in bits.map { changed(whole, at: place, by: $0) } }
  }

  private static func changed(_ whole: [UInt8], at place: Int, by bits: UInt8) -> [UInt8] {
    var bytes = whole
    bytes[place] ^= bits
    return bytes
  }

  /// How many damaged files a reader took, and how many it refused. A reader that refuses everything, or takes everything,
  /// has another outcome than the one that a test states.
  public struct Outcome: Equatable, Sendable, CustomStringConvertible {
    public var read: Int
    public var refused: Int

    public init(read: Int, refused: Int) { (self.read, self.refused) = (read, refused) }

    public var description: String { "\(read) read, \(refused) refused" }

    /// Whether as many files were damaged, and all but one in twenty taken alike: libraries that decode differ by version.
    public func isAbout(_ other: Outcome) -> Bool {
      read + refused == other.read + other.refused && abs(read - other.read) <= (read + refused) / 20
    }
  }

  /// What becomes of damaged files: `read` throws where it refuses one.
  public static func outcome(_ files: some Sequence<[UInt8]>, _ read: ([UInt8]) throws -> Void) -> Outcome {
    var outcome = Outcome(read: 0, refused: 0)
    for file in files {
      do {
        try read(file)
        outcome.read += 1
      } catch {
        outcome.refused += 1
      }
    }
    return outcome
  }
}
