/// The largest or smallest element along some axes. NaN wins; elements that tie share the gradient equally, as PyTorch's `amax` and
/// `amin` have it.
protocol ExtremumReduction: AxisReduction {
  /// 1 for the largest, −1 for the smallest.
  var sign: Double { get }
}

extension ExtremumReduction {
  var keeps: Kept { [.inputs, .output] }
  var allowsEmpty: Bool { false }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.largest(x, over: axes, sign: sign, threads: threads)
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    let x = saved.inputs[0]
    let isBest = Broadcast.map(x, y, to: x.shape, threads: threads) { x, y in x == y ? 1 : 0 }
    let counts = Reduction.sum(isBest, over: axes, threads: threads)
    let share = dy.map(counts, threads: threads) { dy, count in dy / max(count, 1) }
    return Broadcast.map(isBest, share, to: x.shape, threads: threads) { isBest, share in isBest == 0 ? 0 : share }
  }
}
