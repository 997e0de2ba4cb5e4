import GradCAMCore
import ModelFormats

/// An explainer with its image, ready to work.
///
/// Unchecked: it is used by one thread at a time, which `BenchCommand` sees to.
final class BenchStation: @unchecked Sendable {
  private let explainer: Explainer
  private let image: Image
  private let prepared: PreprocessedImage

  /// - Parameter name: what errors about the image name.
  init(_ setup: Explainer.Setup, _ decoded: DecodedImage, named name: String, threads: Int) throws(InputError) {
    explainer = Explainer(setup, threads: threads)
    image = setup.preprocessor.shown(decoded)
    do { prepared = try explainer.prepare(decoded) } catch { throw error.about("\(name)") }
  }

  func explain() throws { _ = try explainer.explain(prepared, of: image) }
  func profile(runs: Int) throws -> [StepTiming] { try explainer.profile(prepared, runs: runs) }
  func forward() throws { _ = try explainer.predict(prepared) }
}
