import Dispatch
import GradCAMCore
import ModelFormats
import Synchronization

/// The digest of a model's file, computed while the model is loaded.
final class DigestTask: Sendable {
  private let group = DispatchGroup()
  private let result = Mutex<Result<String?, InputError>>(.success(nil))

  /// - Parameter isTrusting: see `ModelDigest`.
  init(_ path: FilePath, isTrusting: Bool = true) {
    group.enter()
    let isStarted = Threads.start { [self] in
      compute(path, isTrusting: isTrusting)
      group.leave()
    }
    if isStarted { return }
    compute(path, isTrusting: isTrusting)
    group.leave()
  }

  private func compute(_ path: FilePath, isTrusting: Bool) {
    // A pipe can be read once, and the model is.
    guard FileIdentity(path) != nil else { return }
    do throws(InputError) {
      let digest = try ModelDigest.sha256(of: path, isTrusting: isTrusting)
      result.withLock { $0 = .success(digest) }
    } catch {
      result.withLock { $0 = .failure(error) }
    }
  }

  /// Waits for the digest.
  func value() throws(InputError) -> String? {
    group.wait()
    return try result.withLock { $0 }.get()
  }
}
