import GradCAMCore
import ModelFormats

extension OpenBLAS {
  /// Refuses to compute anything with a library that does so wrongly.
  static func requireSoundness() throws(InputError) {
    guard !isSound else { return }
    throw InputError(
      "OpenBLAS", "multiplies wrongly on this processor", remedy: "another version, or OPENBLAS_CORETYPE=Haswell")
  }
}
