// How methods join a layer's channels to a map.

extension Evidence {
  /// Σ_k w_k·A_k: H × W. Where settings smooth by the eigenvector, the first principal component of the weighted channels.
  public func weightedSum(_ weights: [Float]) -> Heatmap {
    let shape = activations.shape
    precondition(weights.count == shape.c, "weights of other channels")
    if settings.smoothsByEigenvector { return principal(weighted: { weights[$0 % shape.c] * $1 }) }
    return weights.withUnsafeBufferPointer { weights in
      Heatmap(width: shape.w, height: shape.h) { position in
        GEMM.dotProduct(weights.baseAddress, activations.elements + position * shape.c, count: shape.c)
      }
    }
  }

  /// Σ_k f(A, G) at each position: H × W. Where settings smooth by the eigenvector, the first principal component of f(A, G).
  public func sum(_ value: (_ activation: Float, _ gradient: Float) -> Float) -> Heatmap {
    let shape = activations.shape
    return gradients.withElements { g in
      if settings.smoothsByEigenvector { return principal(weighted: { value($1, g[$0]) }) }
      return activations.withElements { a in
        Heatmap(width: shape.w, height: shape.h) { position in
          var sum: Float = 0
          for i in position * shape.c..<(position + 1) * shape.c { sum += value(a[i], g[i]) }
          return sum
        }
      }
    }
  }

  /// By channel, Σ f(A, G) over the positions, in double precision.
  func channelSums(_ value: (_ activation: Float, _ gradient: Float) -> Double) -> [Double] {
    let shape = activations.shape
    var sums = [Double](repeating: 0, count: shape.c)
    activations.withElements { a in
      gradients.withElements { g in
        for position in 0..<shape.h * shape.w {
          for c in 0..<shape.c { sums[c] += value(a[position * shape.c + c], g[position * shape.c + c]) }
        }
      }
    }
    return sums
  }

  /// The first principal component of weighted activations, centred, its sign by the channels' sum.
  private func principal(weighted: (_ index: Int, _ activation: Float) -> Float) -> Heatmap {
    let weighted = activations.withElements { a in a.indices.map { weighted($0, a[$0]) } }
    return Matrix(weighted, of: activations.shape).centered().principalMap(.agreesWithSum)
  }
}
