import GradCAMCore
import ModelFormats

/// The methods and layers that a model is evaluated with.
struct EvaluatedMethods {
  private(set) var methods: [any CAMMethod] = []
  let layers: [String]
  /// What was left out, and why.
  private(set) var notes: [Message] = []

  /// - Throws: `InputError` about a method or a layer that was named and cannot serve the model.
  init(_ options: Options, _ model: Model) throws(InputError) {
    let words = options.evaluation.methods
    layers = options.evaluation.layers == [EvaluationOptions.automatic] ? model.layersToTry : options.evaluation.layers
    guard words.contains(EvaluationOptions.everything) else {
      methods = try words.map { name throws(InputError) in try CAMMethods.named(name) }
      return
    }
    var refused: [String] = []
    for method in CAMMethods.all {
      var maps = options.maps
      (maps.methods, maps.layers) = ([method], layers)
      do { _ = try Explainer.Setup(model, maps) } catch {
        refused.append(method.name)
        continue
      }
      methods.append(method)
    }
    if !refused.isEmpty { notes.append("\(refused.joined(separator: ", ")) cannot serve this model and are left out") }
  }
}
