import GradCAMCore
import ModelFormats

/// Where classes are in images, as files say.
protocol TruthSource: Sendable {
  /// What is known of an image; nil where nothing is.
  ///
  /// - Parameter size: of the upright image, in pixels.
  /// - Throws: `InputError` naming the file at fault: marks of another size than the image, or that cannot be read.
  func truth(of image: ImageSource, size: ImageSize) throws(InputError) -> ImageTruth?
}

/// The files that `evaluate` may be given.
enum TruthFiles {
  /// nil where none is given.
  ///
  /// - Throws: `InputError` about a file that cannot be read or whose classes the model lacks.
  static func source(_ options: EvaluationOptions, _ model: Model) throws(InputError) -> (any TruthSource)? {
    nil
  }
}
