/// y = Σ x² over some axes; dx = 2x·dy.
struct ReduceSumSquare: AxisReduction {
  let kind = "square_sum"
  var reduced = ReducedAxes()
  var keeps: Kept { .inputs }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.reduce(x, over: axes, threads: threads, term: { Double($0) * Double($0) })
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    let x = saved.inputs[0]
    return Broadcast.map(x, dy, to: x.shape, threads: threads) { x, dy in through(2 * x, dy) }
  }
}
