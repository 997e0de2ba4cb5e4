import GradCAMCore
import ModelFormats

extension OpenBLAS {
  /// Refuses to compute anything with a library that does so wrongly, or that lacks the memory to do so.
  ///
  /// Must be called before threads are started and before the first product.
  static func requireSoundness() throws(InputError) {
    guard MemoryHeadroom.canMap(workingBytes) else {
      throw InputError(
        "OpenBLAS", "cannot get its \(MemoryNeed.text(workingBytes)) of working memory",
        remedy: "a larger limit of addresses, which ulimit -v sets")
    }
    guard !isSound else { return }
    throw InputError(
      "OpenBLAS", "multiplies wrongly on this processor", remedy: "another version, or OPENBLAS_CORETYPE=Haswell")
  }
}
