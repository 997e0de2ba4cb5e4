import GradCAMCore
import ModelFormats

extension Options {
  /// What was typed about the model, with the labels of their file.
  ///
  /// - Throws: `InputError` naming the file of labels.
  func modelOverrides() throws(InputError) -> Model.Overrides {
    var overrides = model
    if let labels { overrides.labels = try LabelFile.read(labels) }
    return overrides
  }

  /// Takes the method that the model's file names, where none was typed.
  ///
  /// - Throws: `InputError` naming the method where this version does not have it.
  mutating func takeMethod(of model: Model) throws(InputError) {
    guard model.defaultMethod != nil, !hasTyped("method") else { return }
    maps.methods = [try model.method()]
  }

  /// Whether a flag that is part of the recipe was typed.
  func hasTyped(_ name: String) -> Bool { recipe.contains { $0.hasPrefix("--\(name)=") } }

  /// Refuses the evidence of methods that have none of one layer.
  func checkDump() throws(InputError) {
    guard outputs.dump != nil, let method = maps.methods.first(where: { $0.needs.contains(.attention) }) else { return }
    throw InputError(
      "--dump", "holds what one layer gave, and \(method.name) shows attention", remedy: "--heatmap FILE for its map")
  }
}
