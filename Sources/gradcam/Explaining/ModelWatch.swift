import GradCAMCore
import ModelFormats
import Synchronization

/// Whether a run's model still is what the run began with. One that is not ends the run.
final class ModelWatch: Sendable {
  private let model: Model
  private let stop: StopRequest
  private let found = Mutex<InputError?>(nil)

  init(_ model: Model, _ stop: StopRequest) { (self.model, self.stop) = (model, stop) }

  /// What was found to be wrong with the model; nil while nothing is.
  var failure: InputError? { found.withLock { $0 } }

  /// Looks at the model's files, unless something was found already. Whoever waits for input waits no more then.
  func holds() -> Bool {
    found.withLock { found in
      if found != nil { return false }
      do throws(InputError) { try model.requireIntact() } catch {
        found = error
        stop.endWaits()
      }
      return found == nil
    }
  }
}
