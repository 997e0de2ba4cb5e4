import Dispatch
import GradCAMCore
import ModelFormats
import Synchronization

/// The digest of a model's file, computed while the model is loaded.
final class DigestTask: Sendable {
  private let group = DispatchGroup()
  private let result = Mutex<Result<String?, InputError>>(.success(nil))

  /// - Parameters:
  ///   - file: the one that the model is loaded from.
  ///   - isTrusting: see `ModelDigest`.
  init(_ file: FileBytes, isTrusting: Bool = true) {
    group.enter()
    let isStarted = Threads.start { [self] in
      compute(file, isTrusting: isTrusting)
      group.leave()
    }
    if isStarted { return }
    compute(file, isTrusting: isTrusting)
    group.leave()
  }

  private func compute(_ file: FileBytes, isTrusting: Bool) {
    // What came through a pipe cannot be found again.
    guard file.version != nil else { return }
    do throws(InputError) {
      let digest = try ModelDigest.sha256(of: file, isTrusting: isTrusting)
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
