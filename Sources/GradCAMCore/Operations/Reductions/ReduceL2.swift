/// y = √Σ x² over some axes; dx = dy·x/y, and 0 where y is 0.
struct ReduceL2: AxisReduction {
  let kind = "norm"
  var reduced = ReducedAxes()
  var keeps: Kept { [.inputs, .output] }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.reduce(
      x, over: axes, threads: threads, term: { Double($0) * Double($0) }, finish: { Float($0.squareRoot()) })
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    let x = saved.inputs[0]
    return Broadcast.map(x, y, dy, to: x.shape, threads: threads) { x, y, dy in y == 0 ? 0 : dy * (x / y) }
  }
}
