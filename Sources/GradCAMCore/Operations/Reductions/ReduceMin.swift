/// y = min x over some axes. NaN wins; elements that tie share the gradient equally, as PyTorch's `amin` has it.
struct ReduceMin: AxisReduction {
  let kind = "amin"
  let reduced: ReducedAxes
  var keeps: Kept { [.inputs, .output] }
  var allowsEmpty: Bool { false }

  init(_ reduced: ReducedAxes = ReducedAxes()) { self.reduced = reduced }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.largest(x, over: axes, sign: -1, threads: threads)
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.shareAmongEqual(dy, y: y, saved.inputs[0], over: axes, threads: threads)
  }
}
