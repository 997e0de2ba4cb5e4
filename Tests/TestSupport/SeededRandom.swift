import GradCAMCore

/// Random numbers that are the same in every run and on every machine.
public struct SeededRandom: RandomNumberGenerator {
  private var generator: SplitMix64

  public init(seed: UInt64) { generator = SplitMix64(state: seed &* 0xd134_2543_de82_ef95) }

  public mutating func next() -> UInt64 { generator.next() }

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
