import GradCAMCore
import ModelFormats
import Synchronization

/// Removes what killed runs left in the folders that are written to, once a folder: see `AtomicFile.removeLeftovers`.
final class LeftoverSweep: Sendable {
  /// Hashes of the folders' paths.
  private let swept = Mutex<Set<UInt64>>([])
  /// Folders beyond that many are left as they are, so that memory stays flat.
  private static let mostFolders = 1 << 18

  /// Called before a file is written to `folder`.
  func begin(_ folder: FilePath) {
    let hash = FNV1a.hash64(folder.bytes)
    let isNew = swept.withLock { $0.count < Self.mostFolders && $0.insert(hash).inserted }
    if isNew { AtomicFile.removeLeftovers(in: folder) }
  }
}
