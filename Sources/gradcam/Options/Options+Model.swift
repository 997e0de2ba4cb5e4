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
}
