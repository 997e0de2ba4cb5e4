import Glibc

/// A layer's channels as a matrix of one row a position and one column a channel: H·W × C.
struct Matrix {
  /// How an eigenvector's sign is chosen, which the decomposition leaves open.
  enum Sign {
    /// The map's inner product with the channels' sum is positive.
    case agreesWithSum
    /// The value of the largest magnitude is positive, as Seg-Eigen-CAM has it.
    case largestIsPositive
  }

  private var values: [Float]
  private let width: Int
  private let height: Int
  private let channels: Int
  private var rows: Int { width * height }

  /// - Parameter values: in the stored order of one image.
  init(_ values: [Float], of shape: Shape) {
    (self.values, width, height, channels) = (values, shape.w, shape.h, shape.c)
  }

  init(_ tensor: Tensor) { self.init(tensor.stored, of: tensor.shape) }

  /// Each channel less its mean over the positions.
  func centered() -> Matrix {
    var result = self
    for c in 0..<channels {
      var sum = 0.0
      for row in 0..<rows { sum += Double(values[row * channels + c]) }
      let mean = Float(sum / Double(rows))
      for row in 0..<rows { result.values[row * channels + c] -= mean }
    }
    return result
  }

  /// X·v, where v is the first right singular vector of this matrix X: from the smaller of X·Xᵀ and Xᵀ·X.
  ///
  /// - Returns: NaN everywhere where the matrix is not finite; zeros for a matrix of zeros.
  func principalMap(_ sign: Sign) -> Heatmap {
    guard values.allSatisfy(\.isFinite) else { return Heatmap(width: width, height: height) { _ in .nan } }
    guard let scale = values.map(abs).max(), scale > 0 else {
      return Heatmap(width: width, height: height) { _ in 0 }
    }
    // Squares of large values would overflow.
    let x = values.map { $0 / scale }
    let byRows = rows <= channels
    guard let top = LAPACK.largestEigenpair(Self.gram(x, rows, channels, ofRows: byRows), n: min(rows, channels)) else {
      return Heatmap(width: width, height: height) { _ in .nan }
    }
    var map: [Float]
    if byRows {
      // X·v = σ·u.
      map = top.vector.map { $0 * max(top.value, 0).squareRoot() * scale }
    } else {
      map = [Float](repeating: 0, count: rows)
      GEMM.multiply(m: rows, n: 1, k: channels, x, lda: channels, top.vector, ldb: 1, &map, ldc: 1)
      map = map.map { $0 * scale }
    }
    return Heatmap(width: width, height: height, values: oriented(map, sign))
  }

  /// The first component of kernel PCA with the kernel tanh(x·y / C + 1), the map √λ·u.
  func kernelPrincipalMap() -> Heatmap {
    var kernel = Self.gram(values, rows, channels, ofRows: true).map { tanhf($0 / Float(channels) + 1) }
    let means = (0..<rows).map { row in
      kernel[row * rows..<(row + 1) * rows].reduce(0.0) { $0 + Double($1) } / Double(rows)
    }
    let mean = means.reduce(0, +) / Double(rows)
    for row in 0..<rows {
      for column in 0..<rows { kernel[row * rows + column] += Float(mean - means[row] - means[column]) }
    }
    guard let top = LAPACK.largestEigenpair(kernel, n: rows) else {
      return Heatmap(width: width, height: height) { _ in .nan }
    }
    let map = top.vector.map { $0 * max(top.value, 0).squareRoot() }
    return Heatmap(width: width, height: height, values: oriented(map, .agreesWithSum))
  }

  private static func gram(_ x: [Float], _ rows: Int, _ channels: Int, ofRows: Bool) -> [Float] {
    let n = ofRows ? rows : channels
    var products = [Float](repeating: 0, count: n * n)
    GEMM.multiply(
      transposeA: !ofRows, transposeB: ofRows, m: n, n: n, k: ofRows ? channels : rows, x, lda: channels, x,
      ldb: channels, &products, ldc: n)
    return products
  }

  private func oriented(_ map: [Float], _ sign: Sign) -> [Float] {
    let isTurned: Bool
    switch sign {
    case .largestIsPositive: isTurned = -(map.min() ?? 0) > (map.max() ?? 0)
    case .agreesWithSum:
      let sums = (0..<rows).map { row in
        values[row * channels..<(row + 1) * channels].reduce(0.0) { $0 + Double($1) }
      }
      isTurned = zip(map, sums).reduce(0.0) { $0 + Double($1.0) * $1.1 } < 0
    }
    return isTurned ? map.map { -$0 } : map
  }
}
