import ModelFormats

/// One of several parts of any list of images, told by the names alone: machines that were given the same list and different
/// parts of it need not speak to each other.
struct Shard: Equatable, Sendable {
  /// From 1.
  let number: Int
  let count: Int

  /// Reads `I/N`.
  ///
  /// - Throws: `InputError` without a subject.
  init(_ bytes: [UInt8]) throws(InputError) {
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let read = ValueReader.wholeNumber(in: 1...1_000_000)
    let numbers = parts.map { try? read(Array($0)) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], number <= count else {
      throw InputError(
        "", "\(quoted(bytes)) is no part of a whole", remedy: "I/N with I from 1 to N, as in 1/8, 2/8 … 8/8")
    }
    (self.number, self.count) = (number, count)
  }

  /// Whether the image of this path is in the part. The path counts as it was typed, found or listed.
  func contains(_ path: FilePath) -> Bool {
    // FNV-1a, and the finish of SplitMix64, without which names that differ in a digit crowd into few parts.
    var hash = path.bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
    hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
    return Int((hash ^ hash >> 31) % UInt64(count)) == number - 1
  }
}
