import GradCAMCore
import ModelFormats
import Synchronization

/// The digests of the models that records name, each computed once.
final class ModelDigests: Sendable {
  private let digests = Mutex<[FilePath: String]>([:])

  /// - Throws: `InputError` naming the model that cannot be read.
  func digest(of path: FilePath) throws(InputError) -> String {
    try digests.withLock { (digests) throws(InputError) in
      if let digest = digests[path] { return digest }
      // A pipe would be waited for, and holds no model twice.
      if let status = FileStatus(path), !status.isRegular, !status.isFolder {
        throw InputError("\(path)", "is \(status.kind)", remedy: "a file")
      }
      let digest = try ModelDigest.sha256(of: path, isTrusting: false)
      digests[path] = digest
      return digest
    }
  }
}
