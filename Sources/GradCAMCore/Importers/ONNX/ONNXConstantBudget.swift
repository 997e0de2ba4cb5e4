import ModelFormats

/// How many numbers an import may read of constants, and make of them.
///
/// A small file can ask for any amount of either: a constant expanded again and again, a large weight that each of many nodes
/// takes. Every real network stays far below: it uses each of its weights once or a few times.
final class ONNXConstantBudget {
  /// Multiply-adds that count as one number.
  private static let workPerNumber = 256
  private var left: Int

  init(weights: [TensorRecord]) {
    // Weights may share their bytes in the file.
    let known = weights.reduce(0) { min($0 + min($1.elementCount, 1 << 40), 1 << 40) }
    // Standardised weights (Brock et al., "High-Performance Large-Scale Image Recognition Without Normalization", 2021) take about
    // ten steps, each over all of them.
    left = (1 << 28) + 16 * known
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
    try Self.expectMemory(shape.count)
  }

  /// Checks that so many numbers find room. Few are not worth a look.
  static func expectMemory(_ count: Int) throws(InputError) {
    guard count >= 1 << 22 else { return }
    // They are there twice at times, in another order.
    let need = MemoryNeed(filled: saturatingProduct(count, 3 * MemoryLayout<Float>.stride))
    try MemoryHeadroom.now().expect(need, "makes a constant that takes")
  }

  private func expect(_ count: Int) throws(InputError) {
    guard count <= left else {
      throw InputError("", "computes too much of constants alone", remedy: "a simplified export")
    }
  }
}
