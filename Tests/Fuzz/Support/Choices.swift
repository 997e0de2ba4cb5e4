/// The fuzzer's bytes as a row of decisions; zeros when they have run out.
struct Choices {
  private static let numbers = [
    0, 1, -1, 2, 3, 4, 5, 6, 7, 8, -2, -3, -4, 9, 16, 27, 100, 255, 1000, 65535, 65536, 1 << 24, 1 << 30, (1 << 31) - 1,
    1 << 31, 1 << 32, 1 << 40, 1 << 62, .max, .max - 1, .min, .min + 1,
  ]

  private var bytes: ArraySlice<UInt8>

  init(bytes: [UInt8]) { self.bytes = bytes[...] }

  var isOver: Bool { bytes.isEmpty }

  /// A number below `count`.
  mutating func below(_ count: Int) -> Int { Int(bytes.popFirst() ?? 0) % count }

  mutating func of<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

  /// Small most of the time.
  mutating func int() -> Int { below(4) > 0 ? below(5) : of(Self.numbers) }

  mutating func ints(_ counts: [Int]) -> [Int] {
    let count = of(counts)
    return (0..<count).map { _ in int() }
  }

  mutating func float() -> Float {
    of([0, 1, -1, 0.5, 2, 1e-5, 1e30, -1e30, .infinity, -.infinity, .nan, Float(int())])
  }
}
