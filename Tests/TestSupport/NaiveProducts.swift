import Glibc

/// Matrix products, transposed convolutions and norms, from their definitions.
extension NaiveReference {
  /// NumPy's `matmul` of two tensors of rank 2 or more.
  public static func matmul(_ a: NaiveTensor, _ b: NaiveTensor, output shape: [Int]) -> NaiveTensor {
    NaiveTensor(shape) { index in
      let (stack, row, column) = (Array(index.dropLast(2)), index[index.count - 2], index[index.count - 1])
      return (0..<a.shape[a.shape.count - 1]).reduce(0) {
        $0 + broadcast(a, stack + [row, $1]) * broadcast(b, stack + [$1, column])
      }
    }
  }

  /// alpha·A·B + beta·C.
  public static func gemm(
    _ a: NaiveTensor, _ b: NaiveTensor, _ c: NaiveTensor?, alpha: Double, beta: Double
  ) -> NaiveTensor {
    NaiveTensor([a.shape[0], b.shape[1]]) { index in
      let sum = (0..<a.shape[1]).reduce(0) { $0 + a[[index[0], $1]] * b[[$1, index[1]]] }
      return alpha * sum + (c.map { beta * broadcast($0, index) } ?? 0)
    }
  }

  /// Every input, times its kernel, is added where the kernel reaches. Weight C K/groups R S.
  public static func transposedConvolution(
    _ x: NaiveTensor, weight: NaiveTensor, bias: [Double]?, _ window: Window, output shape: [Int]
  ) -> NaiveTensor {
    let groupK = weight.shape[1]
    let groupC = weight.shape[0] / window.groups
    return NaiveTensor(shape) { index in
      let (n, k, oy, ox) = (index[0], index[1], index[2], index[3])
      var sum = bias?[k] ?? 0
      for iy in 0..<x.shape[2] {
        for (r, y) in window.rows(iy).enumerated() where y == oy {
          for ix in 0..<x.shape[3] {
            for (s, column) in window.columns(ix).enumerated() where column == ox {
              for c in k / groupK * groupC..<(k / groupK + 1) * groupC {
                sum += x[n, c, iy, ix] * weight[c, k % groupK, r, s]
              }
            }
          }
        }
      }
      return sum
    }
  }

  /// (Σ |x|ᵖ)^(1/p) over each window.
  public static func lpPool(_ x: NaiveTensor, p: Double, _ window: Window, output shape: [Int]) -> NaiveTensor {
    NaiveTensor(shape) { index in
      let sum = window.places(index, in: x.shape).reduce(0) { $0 + pow(abs(x[index[0], index[1], $1.y, $1.x]), p) }
      return pow(sum, 1 / p)
    }
  }
}
