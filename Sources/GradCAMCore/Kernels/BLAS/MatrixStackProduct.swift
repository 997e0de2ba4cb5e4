/// Products of matrices out of two stacks, summed into the matrices of a third: what a broadcast product and its gradients need.
struct MatrixStackProduct {
  /// op(A) is `m` × `k`, op(B) `k` × `n`, C `m` × `n`.
  var m: Int
  var n: Int
  var k: Int
  var transposeA = false
  var transposeB = false
  /// By matrix of C, the products that are summed there: of which matrix of A by which of B.
  var terms: [[(a: Int, b: Int)]]

  /// Rows and columns of C that one worker computes at a time.
  private static let tile = 256

  /// C_i = Σ op(A_a)·op(B_b) over the terms of i, every matrix row-major and right behind the one before.
  func run(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>, threads: Workers
  ) {
    let tile = MatrixStackProduct.tile
    let (rowTiles, columnTiles) = ((m + tile - 1) / tile, (n + tile - 1) / tile)
    parallelFor(terms.count * rowTiles * columnTiles, threads: threads) { unit, _ in
      let (matrix, rest) = unit.quotientAndRemainder(dividingBy: rowTiles * columnTiles)
      let (row, column) = (rest / columnTiles * tile, rest % columnTiles * tile)
      let (rows, columns) = (min(tile, m - row), min(tile, n - column))
      let target = c + (matrix * m + row) * n + column
      if k == 0 || terms[matrix].isEmpty {
        for row in 0..<rows { (target + row * n).update(repeating: 0, count: columns) }
        return
      }
      for (index, term) in terms[matrix].enumerated() {
        GEMM.multiply(
          transposeA: transposeA, transposeB: transposeB, m: rows, n: columns, k: k,
          a + term.a * m * k + row * (transposeA ? 1 : k), lda: transposeA ? m : k,
          b + term.b * k * n + column * (transposeB ? k : 1), ldb: transposeB ? k : n,
          target, ldc: n, accumulating: index > 0)
      }
    }
  }
}
