/// SplitMix64 (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators"): random numbers that are the same in every
/// run and on every machine.
package struct SplitMix64: RandomNumberGenerator {
  /// What the state grows by from number to number: 2⁶⁴ divided by the golden ratio.
  static let step: UInt64 = 0x9e37_79b9_7f4a_7c15
  private var state: UInt64

  /// The numbers behind a state, any of 64 bits.
  package init(state: UInt64) { self.state = state }

  /// 64 random bits.
  package mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mix(state)
  }

  /// The generator's finish: a number for a number, no two the same, in which every bit depends on all.
  package static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension UInt64 {
  /// A number from 0 up to 1, one of 2²⁴, made of random bits.
  package var unitFloat: Float { Float(self >> 40) * 0x1p-24 }
}
