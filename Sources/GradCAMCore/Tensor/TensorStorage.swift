/// The floats of a tensor: memory of its own, or a part of a mapped file that it keeps alive.
///
/// Unchecked, since a pointer cannot be Sendable: the memory is written only by what fills a new tensor, before anybody else uses
/// it, and is only read as long as that tensor lives.
final class TensorStorage: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int
  private let owner: (any Sendable)?

  /// New memory, not initialised. Aligned to a cache line.
  init(count: Int) {
    self.count = count
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    base = bytes.bindMemory(to: Float.self, capacity: max(count, 1))
    owner = nil
  }

  /// Memory that belongs to `owner`, which lends it to one tensor at a time or never writes it.
  init(borrowing base: UnsafePointer<Float>, count: Int, owner: any Sendable) {
    self.base = UnsafeMutablePointer(mutating: base)
    self.count = count
    self.owner = owner
  }

  /// A stand-in for a tensor that a file lacks: it has a size and no memory, and is never read.
  init(placeholderFor count: Int) {
    self.count = count
    base = UnsafeMutablePointer<Float>.allocate(capacity: 1)
    owner = nil
  }

  deinit {
    if owner == nil { base.deallocate() }
  }
}
