import Testing

@testable import GradCAMCore

@Suite struct HashTests {
  /// From the test suite of the hash's authors.
  @Test(
    arguments: [
      ("", 0x811c_9dc5, 0xcbf2_9ce4_8422_2325), ("a", 0xe40c_292c, 0xaf63_dc4c_8601_ec8c),
      ("foobar", 0xbf9c_f968, 0x8594_4171_f739_67e8),
    ] as [(String, UInt32, UInt64)])
  func `FNV-1a is its authors'`(_ text: String, short: UInt32, long: UInt64) {
    #expect(FNV1a.hash32(Array(text.utf8)) == short)
    #expect(FNV1a.hash64(Array(text.utf8)) == long)
  }

  @Test func `SplitMix64 is the generator's published one`() {
    var random = SplitMix64(state: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
    ]
    #expect(expected.map { _ in random.next() } == expected)
  }

  @Test func `A number of random bits lies below 1`() {
    #expect(UInt64.max.unitFloat == 1 - 0x1p-24)
    #expect(UInt64.min.unitFloat == 0)
  }

  @Test func `Hexadecimal numbers have all of their digits`() {
    #expect(UInt8(0x0a).hexadecimal == "0a")
    #expect(UInt32(0xbeef).hexadecimal == "0000beef")
    #expect(UInt64.max.hexadecimal == "ffffffffffffffff")
  }
}
