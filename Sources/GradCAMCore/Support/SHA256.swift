import CKernels

/// SHA-256 (FIPS 180-4), by the processor's own instructions where it has them.
package struct SHA256: Sendable {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Less than a block that waits for the rest of it.
  private var rest: [UInt8] = []
  private var count = 0
  private let level: Level

  private static let block = 64

  package init() { self.init(level: Level.available[Level.available.count - 1]) }

  /// - Parameter level: another than the processor's best, for checking.
  init(level: Level) { self.level = level }

  /// Takes in more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    count += bytes.count
    var bytes = bytes
    if !rest.isEmpty {
      let missing = min(Self.block - rest.count, bytes.count)
      rest += bytes.prefix(missing)
      bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(missing))
      guard rest.count == Self.block else { return }
      rest.withUnsafeBytes { take($0) }
      rest = []
    }
    let whole = bytes.count / Self.block * Self.block
    take(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
    rest += bytes[whole...]
  }

  mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The digest of all bytes so far, as 64 hexadecimal digits.
  package func digest() -> String {
    var last = self
    let bits = UInt64(count) * 8
    let zeros = (2 * Self.block - 1 - 8 - count % Self.block) % Self.block
    last.update([0x80] + [UInt8](repeating: 0, count: zeros) + withUnsafeBytes(of: bits.bigEndian, Array.init))
    return last.state.map(\.hexadecimal).joined()
  }

  /// The digest of some bytes, as 64 hexadecimal digits.
  package static func digest(of bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest()
  }

  /// The same.
  package static func digest(of bytes: [UInt8]) -> String { bytes.withUnsafeBytes { digest(of: $0) } }

  private mutating func take(_ blocks: UnsafeRawBufferPointer) {
    guard let base = blocks.baseAddress else { return }
    level.table.pointee.take(&state, base.assumingMemoryBound(to: UInt8.self), blocks.count / Self.block)
  }
}

extension SHA256 {
  /// One way to take blocks in: plain C, or the processor's instructions.
  struct Level: @unchecked Sendable {
    // Unchecked, since a pointer cannot be Sendable: the table is a constant.
    fileprivate let table: UnsafePointer<gradcam_sha256>

    /// The levels that this processor can do, the portable one first.
    static let available = (0...gradcam_sha256_best_level()).map { Level(table: gradcam_sha256_for($0)) }

    var name: String { String(cString: table.pointee.name) }
  }
}
