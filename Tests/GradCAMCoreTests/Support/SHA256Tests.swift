import Testing

@testable import GradCAMCore

@Suite struct SHA256Tests {
  /// FIPS 180-4's own examples, and lengths about the ends of blocks, by coreutils' sha256sum.
  private static let known: [(bytes: [UInt8], digest: String)] = [
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      [UInt8](repeating: 0x61, count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
    ([UInt8](repeating: 0x78, count: 55), "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"),
    ([UInt8](repeating: 0x78, count: 56), "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"),
    ([UInt8](repeating: 0x78, count: 63), "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"),
    ([UInt8](repeating: 0x78, count: 64), "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"),
    ([UInt8](repeating: 0x78, count: 65), "9537c5fdf120482f7d58d25e9ed583f52c02b4e304ea814db1633ad565aed7e9"),
  ]

  @Test(arguments: known.indices, SHA256.Level.available.indices) func `Known digests`(_ index: Int, level: Int) {
    let (bytes, digest) = Self.known[index]
    var hash = SHA256(level: SHA256.Level.available[level])
    hash.update(bytes)
    #expect(hash.digest() == digest)
  }

  @Test func `In pieces of any size`() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let whole = SHA256.digest(of: bytes)
    for size in [1, 3, 63, 64, 65, 127, 128, 500] {
      var hash = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        hash.update(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(hash.digest() == whole)
    }
  }
}
