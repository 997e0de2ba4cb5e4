/// Random numbers that are the same in every run and on every machine: SplitMix64 over a counter.
public struct SeededRandom: RandomNumberGenerator {
  private var counter: UInt64

  public init(seed: UInt64) { counter = seed &* 0xd134_2543_de82_ef95 }

  public mutating func next() -> UInt64 {
    counter &+= 0x9e37_79b9_7f4a_7c15
    var z = counter
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// `count` numbers between −1 and 1.
  public mutating func uniform(_ count: Int) -> [Float] {
    (0..<count).map { _ in Float.random(in: -1...1, using: &self) }
  }

  /// `count` numbers in random order, any two at least `gap` apart and none nearer to zero than half of it: no small step
  /// changes which is the largest, or the sign of one.
  public mutating func spaced(_ count: Int, gap: Float = 0.05) -> [Float] {
    (0..<count).map { (Float($0 - count / 2) + 0.5) * gap }.shuffled(using: &self)
  }
}
