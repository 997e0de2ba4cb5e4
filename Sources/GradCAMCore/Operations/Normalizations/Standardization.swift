/// x̂ = (x − mean)/√(variance + eps) over some logical axes, scaled and shifted: what instance and group norms share.
///
/// The statistics are the input's own, so the gradient goes through them: with g = dy·weight,
/// dx = (g − mean(g) − x̂·mean(g·x̂))/√(variance + eps).
struct Standardization {
  let axes: [Int]
  /// Broadcast to the input; nil for 1 and 0.
  let weight: Tensor?
  let bias: Tensor?
  let eps: Double
  /// An axis among `axes` that the statistics are repeated along, so that they stand in memory as the channels do.
  var repeated: Int?

  /// The mean, and 1/√(variance + eps), every axis kept.
  private func statistics(of x: Tensor, _ threads: Workers) -> (mean: Tensor, scale: Tensor) {
    let mean = average(x, threads)
    let squares = Broadcast.map(x, mean, to: x.shape, threads: threads) { ($0 - $1) * ($0 - $1) }
    let scale = average(squares, threads).map(threads: threads) { variance, _ in
      Float(1 / (Double(variance) + eps).squareRoot())
    }
    return (mean, scale)
  }

  private func average(_ x: Tensor, _ threads: Workers) -> Tensor {
    widened(Reduction.mean(x, over: axes, threads: threads), x.shape)
  }

  private func widened(_ statistics: Tensor, _ input: Shape) -> Tensor {
    guard let repeated else { return statistics }
    var shape = statistics.shape
    shape[repeated] = input[repeated]
    return statistics.broadcast(to: shape, threads: .one)
  }

  func forward(_ x: Tensor, threads: Workers) -> Tensor {
    let (mean, scale) = statistics(of: x, threads)
    let normal = Broadcast.map(x, mean, scale, to: x.shape, threads: threads) { ($0 - $1) * $2 }
    switch (weight, bias) {
    case (let weight?, let bias?):
      return Broadcast.map(normal, weight, bias, to: x.shape, threads: threads) { $0 * $1 + $2 }
    case (let weight?, nil): return Broadcast.map(normal, weight, to: x.shape, threads: threads) { $0 * $1 }
    case (nil, let bias?): return Broadcast.map(normal, bias, to: x.shape, threads: threads) { $0 + $1 }
    case (nil, nil): return normal
    }
  }

  func backward(_ dy: Tensor, _ x: Tensor, threads: Workers) -> Tensor {
    let (mean, scale) = statistics(of: x, threads)
    let normal = Broadcast.map(x, mean, scale, to: x.shape, threads: threads) { ($0 - $1) * $2 }
    let gradient = weight.map { Broadcast.map(dy, $0, to: x.shape, threads: threads) { $0 * $1 } } ?? dy
    let meanGradient = average(gradient, threads)
    let slope = average(gradient.map(normal, threads: threads) { $0 * $1 }, threads)
    let through = Broadcast.map(normal, slope, meanGradient, to: x.shape, threads: threads) { $0 * $1 + $2 }
    let rest = gradient.map(through, threads: threads) { $0 - $1 }
    return Broadcast.map(rest, scale, to: x.shape, threads: threads) { $0 * $1 }
  }
}
