import GradCAMCore
import ModelFormats

extension Console {
  /// Tells what was assumed of a model, and what may be wrong with it.
  func introduce(_ model: Model, at path: FilePath) {
    for warning in model.warnings { warn(InputError("\(path)", "\(warning)")) }
    guard verbosity != .quiet else { return }
    for message in model.assumptions + model.notes { note("gradcam: \(path): \(message.withFlags)") }
    if let assumption = model.activationAssumption { note("gradcam: \(path): \(assumption.withFlags)") }
    if model.labels.isEmpty && model.outputCount == 1000 {
      note("gradcam: \(path): has no labels; if its classes are ImageNet's: --labels imagenet")
    }
  }
}
