import GradCAMCore
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
    // Without the mixing, names that differ in a digit crowd into few parts.
    return Int(SplitMix64.mix(FNV1a.hash64(path.bytes)) % UInt64(count)) == number - 1
  }
}
