import TestSupport
import Testing

@testable import GradCAMCore

@Suite struct FingerprintTests {
  private func fingerprint(_ bytes: [UInt8], threads: Workers = .one) -> UInt64 {
    bytes.withUnsafeBytes { Fingerprint.of($0, threads: threads) }
  }

  private func bytes(_ count: Int) -> [UInt8] {
    var random = SeededRandom(seed: 7)
    return random.uniform(count).map { UInt8(truncatingIfNeeded: Int($0 * 1e6)) }
  }

  @Test func `Sees every bit of every length`() {
    for count in Array(1...24) + [63, 64, 65, 255, 256, 300, 523] {
      var bytes = bytes(count)
      let whole = fingerprint(bytes)
      for index in 0..<count {
        for bit in 0..<8 {
          bytes[index] ^= 1 << bit
          #expect(fingerprint(bytes) != whole, "bit \(bit) of byte \(index) of \(count)")
          bytes[index] ^= 1 << bit
        }
      }
    }
  }

  /// Highest bits are what products lose most easily.
  @Test func `Sees signs that all turn, and ends that go to and fro`() {
    var bytes = bytes(4096)
    let whole = fingerprint(bytes)
    for index in stride(from: 3, to: bytes.count, by: 4) { bytes[index] ^= 0x80 }
    #expect(fingerprint(bytes) != whole)
    for index in stride(from: 3, to: bytes.count, by: 8) { bytes[index] ^= 0x80 }
    #expect(fingerprint(bytes) != whole)
  }

  @Test func `Sees words that change places, and zeros that are added`() {
    let bytes = bytes(4096)
    let whole = fingerprint(bytes)
    for distance in [8, 256, 1024] {
      var swapped = bytes
      for index in 0..<8 { swapped.swapAt(index, index + distance) }
      #expect(fingerprint(swapped) != whole)
    }
    #expect(fingerprint(bytes + [0]) != whole && fingerprint([UInt8](repeating: 0, count: 8)) != fingerprint([]))
  }

  /// Files keep these: they must not change.
  @Test func `Is the same in every version and for any number of threads`() {
    #expect(fingerprint([]).hexadecimal == "0000000000000000")
    #expect(fingerprint((0..<600).map { UInt8(truncatingIfNeeded: $0 * 7) }).hexadecimal == "b17d6f42ae7b7f52")
    let long = bytes(1 << 20 + 5)
    for count in [2, 3] { #expect(fingerprint(long, threads: Workers(count)) == fingerprint(long)) }
    var changed = long
    changed[1 << 19] ^= 1
    #expect(fingerprint(changed, threads: Workers(2)) != fingerprint(long))
  }
}
