import COpenBLAS

/// Linear algebra by LAPACK, which OpenBLAS brings along.
enum LAPACK {
  /// The largest eigenvalue of a symmetric matrix and its eigenvector, of length 1 and either sign.
  ///
  /// - Parameter matrix: `n` × `n` values, of which one triangle is read.
  /// - Returns: nil where a value is not finite, or where LAPACK gives up.
  static func largestEigenpair(_ matrix: [Float], n: Int) -> (value: Float, vector: [Float])? {
    precondition(matrix.count == n * n, "a matrix of another size")
    // LAPACK may loop for ever over a NaN.
    guard n > 0, matrix.allSatisfy(\.isFinite) else { return nil }
    var a = matrix
    var size = blasint(n)
    var (values, vector) = ([Float](repeating: 0, count: n), [Float](repeating: 0, count: n))
    var (workSize, integerWorkSize) = (blasint(26 * n), blasint(10 * n))
    var work = [Float](repeating: 0, count: 26 * n)
    var integerWork = [blasint](repeating: 0, count: 10 * n)
    var support = [blasint](repeating: 0, count: 2 * n)
    var (found, info) = (blasint(0), blasint(0))
    var (low, high, tolerance) = (Float(0), Float(0), Float(0))
    ssyevr_(
      "V", "I", "U", &size, &a, &size, &low, &high, &size, &size, &tolerance, &found, &values, &vector, &size, &support,
      &work, &workSize, &integerWork, &integerWorkSize, &info)
    return info == 0 && found == 1 ? (values[0], vector) : nil
  }
}
