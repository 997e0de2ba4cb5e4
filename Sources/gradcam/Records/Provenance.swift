import Dispatch
import GradCAMCore
import ModelFormats
import Synchronization

/// What made a record: enough to make it again and to tell whether it would be the same.
struct Provenance: Sendable {
  let version: String
  /// The SHA-256 of the model's file; nil where the model came through a pipe.
  let modelDigest: String?
  /// How images are prepared, as `--preprocess` reads it.
  let preprocess: String
  /// The kind of processor: results are the same bytes on one of the same kind.
  let processor: String
  /// What the classes are called.
  let labels: [String]
  /// The options that decide what is made of an image, as `--name=value`, in the order of the table of flags.
  let words: [String]

  /// What tells whether two runs would make the same of an image: the SHA-256 of all but the processor.
  var recipe: String? {
    guard let modelDigest else { return nil }
    let parts = [version, modelDigest, preprocess] + words + labels
    return SHA256.digest(of: Array(parts.joined(separator: "\0").utf8))
  }
}

/// The digest of a model's file, computed while the model is loaded.
final class DigestTask: Sendable {
  private let group = DispatchGroup()
  private let result = Mutex<Result<String?, InputError>>(.success(nil))

  /// - Parameter isTrusting: see `ModelDigest`.
  init(_ path: FilePath, isTrusting: Bool = true) {
    DispatchQueue.global().async(group: group) { [self] in
      // A pipe can be read once, and the model is.
      guard FileIdentity(path) != nil else { return }
      do throws(InputError) {
        let digest = try ModelDigest.sha256(of: path, isTrusting: isTrusting)
        result.withLock { $0 = .success(digest) }
      } catch {
        result.withLock { $0 = .failure(error) }
      }
    }
  }

  /// Waits for the digest.
  func value() throws(InputError) -> String? {
    group.wait()
    return try result.withLock { $0 }.get()
  }
}
