import ModelFormats

/// What an import may spend on constants that it computes: memory, and time.
///
/// Memory is what limits it: whatever finds room is computed. Room is 1 GiB and four times the file's weights, of which a network may
/// want another form, at most what the machine has. Beside that stands a bound on time, for a small file can ask for any amount of work:
/// 2³² numbers read and made, 16 multiply-adds counted as one number, and 64 more for every number of the file's weights; and 2¹⁷ nodes,
/// with loops rolled out. That is seconds. Networks in use stay far below: masks and tables of positions have millions of numbers,
/// standardised weights (Brock et al., "High-Performance Large-Scale Image Recognition Without Normalization", 2021) take about ten
/// steps over each.
final class ONNXConstantBudget {
  /// Multiply-adds that count as one number.
  private static let workPerNumber = 16
  /// Numbers that an operation counts for beside those that it makes.
  static let workPerOperation = 1024
  /// Numbers that are made without a look at how much memory there is.
  private static let unwatchedNumbers = 1 << 22
  /// Bytes that constants may take beside what the file's weights allow.
  private static let freeBytes = 1 << 30
  /// The most bytes of a table that one operator makes.
  private static let largestBytes = freeBytes / 4
  /// Bytes below which a constant is not counted: as many as there may be nodes take little.
  private static let countedBytes = 1 << 12
  /// The most nodes.
  static let stepLimit = 1 << 17
  /// Numbers that may be read and made.
  let allowedWork: Int
  /// Bytes that constants may take at one time.
  let allowedBytes: Int
  private var work = 0
  private var steps = 0
  /// Numbers made since memory was looked at.
  private var unwatched = 0
  /// Constants that were made, alive or not; and the bytes of all of them.
  private var made: [(storage: WeakStorage, bytes: Int)] = []
  private var bytes = 0

  init(weights: [TensorRecord]) {
    // Weights may share their bytes in a file.
    var counts: [ObjectIdentifier: Int] = [:]
    for record in weights {
      let file = record.region.file
      counts[ObjectIdentifier(file)] = min(counts[ObjectIdentifier(file), default: 0] + record.elementCount, file.count)
    }
    let known = counts.values.reduce(0) { min($0 + $1, 1 << 40) }
    allowedWork = (1 << 32) + 64 * known
    allowedBytes = Self.freeBytes + 4 * known * MemoryLayout<Float>.stride
  }

  /// Takes a node off.
  func step() throws(InputError) {
    steps += 1
    guard steps <= Self.stepLimit else {
      throw InputError("", "is one of more than \(Self.stepLimit) steps that loops are rolled out to")
    }
  }

  /// Takes `count` numbers off.
  func spend(_ count: Int) throws(InputError) {
    try expect(count)
    work += count
  }

  /// Checks that a result fits before memory is taken for it; it is paid for when it is there.
  func expect(_ shape: Shape, multiplyAdds: Int) throws(InputError) {
    try spend(multiplyAdds / Self.workPerNumber)
    try expect(shape.count)
    try expectRoom(saturatingProduct(shape.count, MemoryLayout<Float>.stride))
    unwatched = saturatingSum(unwatched, shape.count)
    guard unwatched >= Self.unwatchedNumbers else { return }
    unwatched = 0
    try Self.look(max(shape.count, Self.unwatchedNumbers))
  }

  /// Counts a constant that was made, for as long as anybody holds it.
  func hold(_ constant: ONNXConstant) throws(InputError) {
    guard constant.record == nil else { return }
    let storage = constant.tensor.storage
    let size = saturatingProduct(storage.count, MemoryLayout<Float>.stride)
    guard size >= Self.countedBytes else { return }
    made.append((WeakStorage(value: storage), size))
    bytes += size
    try expectRoom(0)
  }

  /// Checks that so many numbers find room, which an operator makes of less: a table, a mask. Few are not worth a look.
  static func expectMemory(_ count: Int) throws(InputError) {
    let size = saturatingProduct(count, MemoryLayout<Float>.stride)
    guard size <= largestBytes else {
      throw InputError(
        "", "makes a constant of \(MemoryNeed.text(size)), and \(MemoryNeed.text(largestBytes)) are allowed for one",
        remedy: "a simplified export")
    }
    try look(count)
  }

  /// Looks whether the machine has room for so many numbers.
  private static func look(_ count: Int) throws(InputError) {
    guard count >= unwatchedNumbers else { return }
    // They are there twice at times, in another order.
    let need = MemoryNeed(filled: saturatingProduct(count, 3 * MemoryLayout<Float>.stride))
    try MemoryHeadroom.now().expect(need, "makes a constant that takes", remedy: "more memory")
  }

  /// Checks that so many bytes are allowed beside those of constants that are alive.
  private func expectRoom(_ size: Int) throws(InputError) {
    guard saturatingSum(bytes, size) > allowedBytes else { return }
    work += made.count
    var alive: Set<ObjectIdentifier> = []
    made.removeAll { entry in entry.storage.value.map { !alive.insert(ObjectIdentifier($0)).inserted } ?? true }
    bytes = made.reduce(0) { $0 + $1.bytes }
    let need = saturatingSum(bytes, size)
    guard need > allowedBytes else { return }
    throw InputError(
      "",
      """
      brings constants that are computed to \(MemoryNeed.text(need)) of memory, and \
      \(MemoryNeed.text(allowedBytes)) are allowed for this file
      """, remedy: "a simplified export")
  }

  private func expect(_ count: Int) throws(InputError) {
    guard saturatingSum(work, count) > allowedWork else { return }
    throw InputError(
      "",
      """
      takes more work on constants alone than any network in use: over the \(allowedWork / 1_000_000) million numbers, read \
      and made, that are allowed for this file
      """, remedy: "a simplified export")
  }
}

/// Memory that is known for as long as somebody else holds it.
private struct WeakStorage {
  weak var value: TensorStorage?
}
