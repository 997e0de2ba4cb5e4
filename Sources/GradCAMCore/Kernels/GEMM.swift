import COpenBLAS

/// Matrix products by OpenBLAS, held to one thread: the workers are ours (`parallelFor`).
///
/// Matrices are row-major; `ld…` is the distance between the beginnings of two rows, in floats.
public enum GEMM {
  private static let oneThread: Void = openblas_set_num_threads(1)

  /// C = op(A)·op(B), or C += op(A)·op(B) with `accumulating`; op(A) is `m` × `k`, op(B) `k` × `n`, C `m` × `n`.
  static func multiply(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, accumulating: Bool = false
  ) {
    _ = oneThread
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), 1, a, blasint(lda), b, blasint(ldb), accumulating ? 1 : 0, c, blasint(ldc))
  }

  /// Whether the library multiplies rightly on this processor: some distributions' builds do not.
  public static let isSound = multipliesRightly()

  /// Tries a product that is large enough to enter the vector kernels and small enough to cost microseconds.
  static func multipliesRightly() -> Bool {
    let (m, n, k) = (19, 37, 23)
    let a = (0..<m * k).map { Float($0 % 7 - 3) }
    let b = (0..<k * n).map { Float($0 % 5 - 2) }
    var c = [Float](repeating: 0, count: m * n)
    multiply(m: m, n: n, k: k, a, lda: k, b, ldb: n, &c, ldc: n)
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
