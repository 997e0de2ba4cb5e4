import GradCAMCore
import ModelFormats
import Synchronization

/// The digests of the models that records name, each computed once.
final class ModelDigests: Sendable {
  /// A model's digest, and the file that it was computed of.
  struct Entry {
    let sha256: String
    let version: FileVersion?
  }

  private let digests = Mutex<[FilePath: Entry]>([:])

  /// - Throws: `InputError` naming the model that cannot be read, or changes meanwhile.
  func digest(of path: FilePath) throws(InputError) -> Entry {
    try digests.withLock { (digests) throws(InputError) in
      if let digest = digests[path] { return digest }
      if !Folders.isFolder(path) { try RecordedFile.check(path) }
      let file = try ModelSource(path).file
      let digest = Entry(sha256: try ModelDigest.sha256(of: file, isTrusting: false), version: file.version)
      try file.requireUnchanged()
      digests[path] = digest
      return digest
    }
  }
}
