import ModelFormats

/// What an import may spend on constants that it computes: memory, and time.
///
/// Memory is what limits it: whatever finds room is computed. Beside that stands a bound on time, for a small file can ask for any
/// amount of work: 2³⁴ numbers read and made, 16 multiply-adds counted as one number, and 64 more for every number of the file's
/// weights; and 2²⁰ nodes, with loops rolled out. That is minutes. Networks in use stay far below: masks and tables of positions
/// have millions of numbers, standardised weights (Brock et al., "High-Performance Large-Scale Image Recognition Without
/// Normalization", 2021) take about ten steps over each.
final class ONNXConstantBudget {
  /// Multiply-adds that count as one number.
  private static let workPerNumber = 16
  /// Numbers that are made without a look at how much memory there is.
  private static let unwatchedNumbers = 1 << 22
  private var left: Int
  private var stepsLeft = 1 << 20
  /// Numbers made since memory was looked at.
  private var unwatched = 0

  init(weights: [TensorRecord]) {
    // Weights may share their bytes in the file.
    let known = weights.reduce(0) { min($0 + min($1.elementCount, 1 << 40), 1 << 40) }
    left = (1 << 34) + 64 * known
  }

  /// Takes a node off.
  func step() throws(InputError) {
    stepsLeft -= 1
    guard stepsLeft >= 0 else { throw InputError("", "is one of more than 1048576 steps that loops are rolled out to") }
  }

  /// Takes `count` numbers off.
  func spend(_ count: Int) throws(InputError) {
    try expect(count)
    left -= count
  }

  /// Checks that a result fits before memory is taken for it; it is paid for when it is there.
  func expect(_ shape: Shape, multiplyAdds: Int) throws(InputError) {
    try spend(multiplyAdds / Self.workPerNumber)
    try expect(shape.count)
    unwatched = saturatingSum(unwatched, shape.count)
    guard unwatched >= Self.unwatchedNumbers else { return }
    unwatched = 0
    try Self.expectMemory(max(shape.count, Self.unwatchedNumbers))
  }

  /// Checks that so many numbers find room. Few are not worth a look.
  static func expectMemory(_ count: Int) throws(InputError) {
    guard count >= unwatchedNumbers else { return }
    // They are there twice at times, in another order.
    let need = MemoryNeed(filled: saturatingProduct(count, 3 * MemoryLayout<Float>.stride))
    try MemoryHeadroom.now().expect(need, "makes a constant that takes", remedy: "more memory")
  }

  private func expect(_ count: Int) throws(InputError) {
    guard count <= left else {
      throw InputError(
        "", "computes more of constants alone than any network in use: over 2^34 numbers",
        remedy: "a simplified export")
    }
  }
}
