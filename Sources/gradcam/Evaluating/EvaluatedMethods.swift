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
    methods = try Self.named(words)
    guard words.contains(EvaluationOptions.everything) else { return }
    let named = Set(words)
    var refused: [String] = []
    for method in CAMMethods.all where !named.contains(method.name) {
      var maps = options.maps
      (maps.methods, maps.layers) = ([method], layers)
      do { _ = try Explainer.Setup(model, maps) } catch {
        refused.append(method.name)
        continue
      }
      methods.append(method)
    }
    if !refused.isEmpty {
      notes.append("\(refused.joined(separator: ", ")) cannot serve this model at these layers and are left out")
    }
  }

  /// The methods of some words, without the one for all.
  ///
  /// - Throws: `InputError` about `--methods`.
  static func named(_ words: [String]) throws(InputError) -> [any CAMMethod] {
    try words.filter { $0 != EvaluationOptions.everything }.map { name throws(InputError) in
      do throws(InputError) { return try CAMMethods.named(name) } catch {
        throw InputError("--methods", error.problem, remedy: error.remedy)
      }
    }
  }
}
