import Glibc

/// Random numbers by position: number `i` of a stream depends on the seed, the stream and `i` alone, so that threads and batches
/// may compute any of them in any order.
///
/// Number `i` is what `SplitMix64` makes of key + i·step, where the key mixes seed and stream.
struct CounterRandom: Sendable {
  private let key: UInt64

  init(seed: UInt64, stream: UInt64) {
    key = SplitMix64.mix(SplitMix64.mix(seed &+ SplitMix64.step) ^ (stream &* 0xd134_2543_de82_ef95))
  }

  /// 64 random bits.
  func bits(_ index: Int) -> UInt64 {
    SplitMix64.mix(key &+ (UInt64(truncatingIfNeeded: index) &+ 1) &* SplitMix64.step)
  }

  /// A number from 0 up to 1, one of 2²⁴.
  func uniform(_ index: Int) -> Float { bits(index).unitFloat }

  /// A number of the standard normal distribution, by Box's and Muller's transform of the bits' two halves.
  func normal(_ index: Int) -> Float {
    let bits = bits(index)
    let radius = (-2 * log((Double(bits >> 32) + 1) * 0x1p-32)).squareRoot()
    return Float(radius * cos(2 * .pi * Double(bits & 0xffff_ffff) * 0x1p-32))
  }
}
