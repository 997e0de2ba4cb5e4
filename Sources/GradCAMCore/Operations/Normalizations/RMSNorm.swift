import ModelFormats

/// PyTorch's `RMSNorm`: y = x/√(mean(x²) + eps)·weight over the last logical axes, from `start` on.
///
/// Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019. With x̂ = x/√(mean(x²) + eps) and g = dy·weight,
/// dx = (g − x̂·mean(g·x̂))/√(mean(x²) + eps).
struct RMSNorm: AxisKeepingOperation {
  let kind = "RMSNorm"
  /// The first axis that is normalised over, counted from the end where it is negative.
  var start = -1
  /// Of a shape that broadcasts to the input's; nil for 1.
  var weight: Tensor?
  var eps = 1e-5
  var keeps: Kept { .inputs }
  var parameterCount: Int { weight?.count ?? 0 }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectInput(inputs)
    _ = try x.checkedAxis(start)
    try expectParameter(weight, "weights", toBroadcastTo: x)
    return x
  }

  func mixedAxes(of input: Shape) -> [Int] { Array(input.axis(start)..<input.rank) }

  func multiplyAdds(of inputs: [Shape]) -> Int { inputs[0].count }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let (x, threads) = (inputs[0], context.threads)
    let normal = Broadcast.map(x, scale(x, threads), to: x.shape, threads: threads) { $0 * $1 }
    guard let weight else { return normal }
    return Broadcast.map(normal, weight, to: x.shape, threads: threads) { $0 * $1 }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (x, threads) = (saved.inputs[0], context.threads)
    let scale = scale(x, threads)
    let normal = Broadcast.map(x, scale, to: x.shape, threads: threads) { $0 * $1 }
    let gradient = weight.map { Broadcast.map(dy, $0, to: x.shape, threads: threads) { $0 * $1 } } ?? dy
    let products = gradient.map(normal, threads: threads) { $0 * $1 }
    let slope = Reduction.mean(products, over: mixedAxes(of: x.shape), threads: threads)
    let through = Broadcast.map(normal, slope, to: x.shape, threads: threads) { $0 * $1 }
    let rest = gradient.map(through, threads: threads) { $0 - $1 }
    return [Broadcast.map(rest, scale, to: x.shape, threads: threads) { $0 * $1 }]
  }

  /// 1/√(mean(x²) + eps), every axis kept.
  private func scale(_ x: Tensor, _ threads: Workers) -> Tensor {
    let squares = x.map(threads: threads) { x, _ in x * x }
    return Reduction.mean(squares, over: mixedAxes(of: x.shape), threads: threads).map(threads: threads) { mean, _ in
      Float(1 / (Double(mean) + eps).squareRoot())
    }
  }
}
