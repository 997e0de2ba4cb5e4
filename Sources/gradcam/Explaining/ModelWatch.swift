import GradCAMCore
import ModelFormats
import Synchronization

/// Whether a run's models still are what the run began with. One that is not ends the run.
final class ModelWatch: Sendable {
  private let models: [Model]
  private let stop: StopRequest
  private let found = Mutex<InputError?>(nil)

  convenience init(_ model: Model, _ stop: StopRequest) { self.init([model], stop) }

  init(_ models: [Model], _ stop: StopRequest) { (self.models, self.stop) = (models, stop) }

  /// What was found to be wrong with a model; nil while nothing is.
  var failure: InputError? { found.withLock { $0 } }

  /// Looks at the models' files, unless something was found already. Whoever waits for input waits no more then.
  func holds() -> Bool {
    found.withLock { found in
      if found != nil { return false }
      do throws(InputError) { for model in models { try model.requireIntact() } } catch {
        found = error
        stop.endWaits()
      }
      return found == nil
    }
  }
}
