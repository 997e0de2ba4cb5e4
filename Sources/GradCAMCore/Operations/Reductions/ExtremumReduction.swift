/// The largest or smallest element along some axes. NaN wins; elements that tie share the gradient equally, as PyTorch's `amax` and
/// `amin` have it.
protocol ExtremumReduction: AxisReduction {
  /// 1 for the largest, −1 for the smallest.
  var sign: Double { get }
}

extension ExtremumReduction {
  var keeps: Kept { [.inputs, .output] }
  var allowsEmpty: Bool { false }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.largest(x, over: axes, sign: sign, threads: threads)
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.shareAmongEqual(dy, y: y, saved.inputs[0], over: axes, threads: threads)
  }
}
