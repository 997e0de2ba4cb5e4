/// y = Σ |x| over some axes; dx = dy·sign x.
struct ReduceL1: AxisReduction {
  let kind = "norm"
  var reduced = ReducedAxes()
  var term: ElementaryTerm? { .total(reduced) }
  var keeps: Kept { .inputs }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.reduce(x, over: axes, threads: threads, term: { Double(abs($0)) })
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    let x = saved.inputs[0]
    return Broadcast.map(x, dy, to: x.shape, threads: threads) { x, dy in through(Sign.value(x), dy) }
  }
}
