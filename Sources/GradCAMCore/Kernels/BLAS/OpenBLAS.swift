import COpenBLAS
import Glibc

/// The library behind `GEMM`, made ready once, before its first product.
public enum OpenBLAS {
  /// Whether the library multiplies rightly on this processor: some distributions' builds do not.
  ///
  /// Asking for it makes the library ready: one thread, and kernels that suit the processor.
  public static let isSound: Bool = {
    dismissThreads()
    chooseKernels()
    return multipliesRightly()
  }()

  /// Bytes of addresses that the library takes for each thread that multiplies, once: in builds for several processors of this kind, the
  /// largest there are.
  ///
  /// Where it cannot have them it asks again and again, for ever, and its own threads do so as soon as it is loaded.
  public static let workingBytes = 128 << 20

  /// The most threads that may multiply at once; beyond twice as many the library ends the process.
  public static let mostThreads: Int = {
    let words = (openblas_get_config().map { String(cString: $0) } ?? "").split(separator: " ")
    let limit = words.lazy.filter { $0.hasPrefix("MAX_THREADS=") }.compactMap { Int($0.dropFirst(12)) }.first
    return max(limit ?? 64, 1)
  }()

  /// The name of the processor whose kernels are in use (`Haswell`, `SkylakeX`).
  public static var kernels: String {
    _ = isSound
    return currentKernels
  }

  /// The kind of processor that numbers come from: the library's kernels and the vectors of ours. Results are the same bytes on
  /// processors of one kind.
  public static var processor: String { "\(kernels)/\(VectorKernels.best.name)" }

  /// Whether small products are multiplied where they lie, without being copied first: what `PackedMatrix` relies on for speed.
  static let multipliesInPlace = ["skylakex", "cooperlake", "sapphirerapids"].contains(kernels.lowercased())

  private static var currentKernels: String { openblas_get_corename().map { String(cString: $0) } ?? "" }

  /// Sends the library's own threads home: the workers are ours.
  ///
  /// It starts one for every further core as soon as it is loaded, and they look out for work for a while before they sleep: in a
  /// run that takes a tenth of a second they would keep a core busy for most of it.
  private static func dismissThreads() {
    openblas_set_num_threads(1)
    gradcam_blas_thread_shutdown()
  }

  /// Has the library take vector kernels where it does not know the processor.
  ///
  /// Version 0.3.21, which Debian 12 ships, takes a processor younger than itself for one of 2004 and multiplies at a quarter of its
  /// speed. The library reads a name from `OPENBLAS_CORETYPE` when it chooses its kernels, which can be had again by two functions
  /// that builds for several processors export.
  private static func chooseKernels() {
    guard getenv("OPENBLAS_CORETYPE") == nil, scalarKernels.contains(currentKernels.lowercased()) else { return }
    let usual = currentKernels
    let better = ["avx512": ["SkylakeX", "Haswell"], "avx2": ["Haswell"]][VectorKernels.best.name] ?? []
    // Each choice is tried before it is trusted; the library's own comes last.
    for name in better + [usual] {
      setenv("OPENBLAS_CORETYPE", name, 1)
      if gradcam_blas_choose_kernels() == 0 || multipliesRightly() { break }
    }
    unsetenv("OPENBLAS_CORETYPE")
  }

  /// Kernels without AVX2, which the library falls back to.
  private static let scalarKernels: Set = [
    "prescott", "core2", "atom", "nehalem", "penryn", "dunnington", "sandybridge", "opteron", "opteron_sse3",
    "barcelona", "unknown",
  ]

  /// Tries a product that is large enough to enter the vector kernels and small enough to cost microseconds.
  private static func multipliesRightly() -> Bool {
    let (m, n, k) = (19, 37, 23)
    let a = (0..<m * k).map { Float($0 % 7 - 3) }
    let b = (0..<k * n).map { Float($0 % 5 - 2) }
    var c = [Float](repeating: 0, count: m * n)
    cblas_sgemm(
      CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1, a, blasint(k), b, blasint(n), 0,
      &c, blasint(n))
    for row in 0..<m {
      for column in 0..<n {
        // Small integers: the sums are exact in any order.
        let exact = (0..<k).reduce(Float(0)) { $0 + a[row * k + $1] * b[$1 * n + column] }
        if c[row * n + column] != exact { return false }
      }
    }
    return true
  }
}
