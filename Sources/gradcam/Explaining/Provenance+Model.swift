import GradCAMCore
import ModelFormats

extension Provenance {
  /// What makes the records of a run, once the model is known to be what its digest says.
  ///
  /// - Parameters:
  ///   - weights: the model's file, as it was typed.
  ///   - digest: that of the file, begun when it was opened.
  ///   - purpose: what else a run makes of an image than maps; nil for nothing.
  /// - Throws: `InputError` naming a file of the model that cannot be read on, or that changed meanwhile.
  init(
    _ setup: Explainer.Setup, at weights: FilePath, _ digest: DigestTask, _ options: Options, purpose: String? = nil
  ) throws(InputError) {
    let model = setup.model
    let (dataDigest, modelDigest) = (try model.dataDigest(), try digest.value())
    // The digest is that of the weights if the file did not change meanwhile.
    try model.requireIntact()
    if let modelDigest { model.expect(digest: modelDigest) }
    self.init(
      version: Version.number, model: weights, modelDigest: modelDigest, modelDataDigest: dataDigest,
      preprocess: setup.preprocessor.specification.recorded, processor: OpenBLAS.processor,
      labels: model.classNames, words: options.recipe, assumed: model.assumed.map(\.rawValue), purpose: purpose)
  }
}
