import Glibc

/// Random numbers by position: number `i` of a stream depends on the seed, the stream and `i` alone, so that threads and batches
/// may compute any of them in any order.
///
/// SplitMix64's mixing (Steele, Lea, Flood 2014) of key + (i + 1)·golden, where the key mixes seed and stream.
struct CounterRandom: Sendable {
  private static let golden: UInt64 = 0x9e37_79b9_7f4a_7c15
  private let key: UInt64

  init(seed: UInt64, stream: UInt64) {
    key = Self.mix(Self.mix(seed &+ Self.golden) ^ (stream &* 0xd134_2543_de82_ef95))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// 64 random bits.
  func bits(_ index: Int) -> UInt64 { Self.mix(key &+ (UInt64(truncatingIfNeeded: index) &+ 1) &* Self.golden) }

  /// A number from 0 up to 1, one of 2²⁴.
  func uniform(_ index: Int) -> Float { Float(bits(index) >> 40) * 0x1p-24 }

  /// A number of the standard normal distribution, by Box's and Muller's transform of the bits' two halves.
  func normal(_ index: Int) -> Float {
    let bits = bits(index)
    let radius = (-2 * log((Double(bits >> 32) + 1) * 0x1p-32)).squareRoot()
    return Float(radius * cos(2 * .pi * Double(bits & 0xffff_ffff) * 0x1p-32))
  }
}
