import ModelFormats
import Synchronization

/// The mapped files that a model was read from, which somebody may change or replace while it is used.
///
/// What a file's size and times say is looked at often. Where they differ, the content decides as far as its digest is known: a copy
/// of the same bytes, a second name or other permissions make no other model of it.
final class ModelFiles: Sendable {
  private struct Known {
    /// The mapped file, and the one that its path leads to, when they were last found to hold the model.
    var open: FileVersion
    var named: FileVersion
    /// The SHA-256 of the content; nil where nobody computed it.
    var digest: String?
  }

  private let files: [FileBytes]
  private let known: Mutex<[Known]>

  /// - Parameter files: the model's own file first. Those that are in memory cannot change.
  init(_ files: [FileBytes]) {
    self.files = files.filter { $0.isMapped && $0.version != nil }
    known = Mutex(self.files.compactMap(\.version).map { Known(open: $0, named: $0) })
  }

  /// Where they were opened.
  var paths: [FilePath] { files.compactMap(\.path) }

  /// What errors call the model; empty for one in memory.
  var name: Message { files.first?.path.map { "\($0)" } ?? "" }

  /// Tells what the model's own file held when it was opened.
  func expect(_ digest: String) {
    known.withLock { known in
      if !known.isEmpty { known[0].digest = digest }
    }
  }

  /// The SHA-256 of what lies beside the model's own file: of the file, or of several files' digests one after the other; nil where
  /// there is none. From now on it decides whether such a file has changed.
  ///
  /// - Throws: `InputError` naming a file that cannot be read on.
  func dataDigest() throws(InputError) -> String? {
    var digests: [String] = []
    for file in files.dropFirst() { digests.append(try ModelDigest.sha256(of: file)) }
    known.withLock { known in
      for (index, digest) in digests.enumerated() { known[index + 1].digest = digest }
    }
    return digests.count < 2 ? digests.first : SHA256.digest(of: Array(digests.joined().utf8))
  }

  /// - Throws: `InputError` naming a file that holds other bytes than were loaded, or whose path leads to such a file. A file that has
  ///   lost its name is whole all the same.
  func requireUnchanged() throws(InputError) {
    try known.withLock { (known) throws(InputError) in
      for (index, file) in files.enumerated() { try Self.check(file, &known[index]) }
    }
  }

  private static func check(_ file: FileBytes, _ known: inout Known) throws(InputError) {
    if let loss = file.loss { throw loss }
    guard let path = file.path else { return try checkOpen(file, &known) }
    let named = FileVersion(path)
    // As always: one question to the system.
    if let named, named == known.named, named == known.open { return }
    try checkOpen(file, &known)
    guard let named, named != known.named, named != known.open else { return }
    guard let digest = known.digest, let other = try? FileBytes(mapping: path), other.version == named,
      self.digest(of: other) == digest
    else { throw InputError("\(path)", "was replaced by another file while it was in use") }
    known.named = named
  }

  /// Whether the mapped file holds what it did.
  private static func checkOpen(_ file: FileBytes, _ known: inout Known) throws(InputError) {
    guard let now = file.currentVersion, now != known.open else { return }
    let isSame: Bool
    if now.size == known.open.size, let digest = known.digest {
      isSame = self.digest(of: file) == digest
    } else {
      // Without a digest, what else than the content has a time of its change.
      isSame = now.hasContent(of: known.open)
    }
    guard isSame else { throw InputError(file.path.map { "\($0)" } ?? "", "changed while it was in use") }
    if known.named == known.open { known.named = now }
    known.open = now
  }

  private static func digest(of file: FileBytes) -> String? { try? ModelDigest.sha256(of: file, isTrusting: false) }
}
