import CKernels

/// Digests of weights that cost no more than reading them: they tell damage, and are no defence against somebody who deceives.
enum Fingerprint {
  /// Parts of that many bytes are digested apart, on several cores.
  private static let part = 1 << 18

  /// The digest of some bytes, the same for any number of threads.
  ///
  /// Other bits within one aligned word of 4 bytes always give another digest; other changes do but for one in 2³² at most.
  static func of(_ bytes: UnsafeRawBufferPointer, threads: Workers = .one) -> UInt64 {
    guard bytes.count > part else { return gradcam_fingerprint(bytes.baseAddress, bytes.count) }
    var digests = [UInt64](repeating: 0, count: (bytes.count + part - 1) / part)
    let count = digests.count
    digests.withUnsafeMutableBufferPointer { digests in
      nonisolated(unsafe) let (digests, bytes) = (digests, bytes)
      parallelFor(count, threads: threads) { index, _ in
        let rest = UnsafeRawBufferPointer(rebasing: bytes[(index * part)...].prefix(part))
        digests[index] = gradcam_fingerprint(rest.baseAddress, rest.count)
      }
    }
    return digests.withUnsafeBytes { gradcam_fingerprint($0.baseAddress, $0.count) }
  }
}
