import COpenBLAS

/// Matrix products by OpenBLAS, each on one thread: the workers are ours (`parallelFor`).
///
/// Matrices are row-major; `ld…` is the distance between the beginnings of two rows, in floats.
enum GEMM {
  /// target += factor · source, for `count` floats.
  static func addScaled(
    _ source: UnsafePointer<Float>, by factor: Float, count: Int, to target: UnsafeMutablePointer<Float>
  ) {
    cblas_saxpy(blasint(count), factor, source, 1, target, 1)
  }

  /// Σ a·b, over `count` floats.
  static func dotProduct(_ a: UnsafePointer<Float>?, _ b: UnsafePointer<Float>, count: Int) -> Float {
    cblas_sdot(blasint(count), a, 1, b, 1)
  }

  /// C = op(A)·op(B), or C += op(A)·op(B) with `accumulating`; op(A) is `m` × `k`, op(B) `k` × `n`, C `m` × `n`.
  static func multiply(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, accumulating: Bool = false
  ) {
    precondition(OpenBLAS.isSound, "OpenBLAS multiplies wrongly on this processor; ask OpenBLAS.isSound first")
    if m == 1 && !transposeA {
      // One row is bound by reading B, which a product of matrices would copy first.
      return cblas_sgemv(
        CblasRowMajor, transposeB ? CblasNoTrans : CblasTrans, blasint(transposeB ? n : k), blasint(transposeB ? k : n),
        1, b, blasint(ldb), a, 1, accumulating ? 1 : 0, c, 1)
    }
    cblas_sgemm(
      CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
      blasint(m), blasint(n), blasint(k), 1, a, blasint(lda), b, blasint(ldb), accumulating ? 1 : 0, c, blasint(ldc))
  }
}
