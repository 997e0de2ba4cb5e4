/// How much memory something takes.
public struct MemoryNeed: Sendable, Hashable {
  /// Bytes that are filled.
  public var filled: Int
  /// Bytes of addresses, which `ulimit -v` limits: what is filled, and what is set aside and stays empty.
  public var addressed: Int

  /// - Parameter reserved: bytes of addresses beside those that are filled.
  public init(filled: Int = 0, reserved: Int = 0) {
    self.filled = filled
    addressed = saturatingSum(filled, reserved)
  }

  /// What both take.
  public static func + (a: MemoryNeed, b: MemoryNeed) -> MemoryNeed {
    var sum = a
    sum.filled = saturatingSum(a.filled, b.filled)
    sum.addressed = saturatingSum(a.addressed, b.addressed)
    return sum
  }

  /// What so many of it take.
  public static func * (need: MemoryNeed, count: Int) -> MemoryNeed {
    var product = need
    product.filled = saturatingProduct(need.filled, count)
    product.addressed = saturatingProduct(need.addressed, count)
    return product
  }

  static func - (a: MemoryNeed, b: MemoryNeed) -> MemoryNeed {
    var difference = a
    (difference.filled, difference.addressed) = (max(a.filled - b.filled, 0), max(a.addressed - b.addressed, 0))
    return difference
  }

  /// Bytes for people: `340 MB`, `4.1 GB`.
  public static func text(_ bytes: Int) -> String {
    let tenths = bytes / 100_000_000
    return bytes < 1_000_000_000 ? "\(bytes / 1_000_000) MB" : "\(tenths / 10).\(tenths % 10) GB"
  }
}

/// The sum, or the largest number where it is larger: absurd sizes are not worth a trap.
func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflows) = a.addingReportingOverflow(b)
  return overflows ? .max : sum
}

/// The product, or the largest number where it is larger.
func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflows) = a.multipliedReportingOverflow(by: b)
  return overflows ? .max : product
}
