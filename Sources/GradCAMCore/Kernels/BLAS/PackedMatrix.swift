/// A matrix to multiply by from the right, cut into panels of 64 columns: `rows` × `columns`, panel after panel, each row-major.
///
/// A product of few rows and one panel, cut along the inner dimension to at most a million multiplications, is one that OpenBLAS
/// multiplies where it lies, on processors with AVX-512: without copying either side into an order of its own first, it runs at
/// 100 to 115 GFLOP/s a core from 16 rows on, where the same product in one call takes 50 rows to reach 75 and 256 to reach 100
/// (EPYC of the fourth generation, OpenBLAS 0.3.21).
enum PackedMatrix {
  /// Columns of a panel; the last may have fewer.
  static let panel = 64
  /// Multiplications of one call that OpenBLAS still does without copies.
  private static let callSize = 1_000_000

  static func panels(_ columns: Int) -> Int { (columns + panel - 1) / panel }

  /// The columns of a panel.
  static func range(_ index: Int, of columns: Int) -> Range<Int> {
    index * panel..<min((index + 1) * panel, columns)
  }

  /// C = A·B for one panel of B, or C += A·B.
  ///
  /// - Parameters:
  ///   - a: `m` × `k`, its rows `lda` apart.
  ///   - b: the panel's beginning; `k` × `n`.
  ///   - c: where the panel's columns begin in the first row; its rows `ldc` apart.
  static func multiply(
    m: Int, n: Int, k: Int, _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>,
    _ c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    // Equal parts, so that none is too short to be worth a call.
    let parts = OpenBLAS.multipliesInPlace ? max((m * n * k + callSize - 1) / callSize, 1) : 1
    let length = (k + parts - 1) / parts
    for start in stride(from: 0, to: k, by: max(length, 1)) {
      GEMM.multiply(
        m: m, n: n, k: min(length, k - start), a + start, lda: lda, b + start * n, ldb: n, c, ldc: ldc,
        accumulating: start > 0)
    }
  }
}
