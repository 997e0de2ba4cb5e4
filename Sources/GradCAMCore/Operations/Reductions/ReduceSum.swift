/// y = Σ x over some axes.
struct ReduceSum: AxisReduction {
  let kind = "sum"
  var reduced = ReducedAxes()
  var term: ElementaryTerm? { .total(reduced) }
  var isAffine: Bool { true }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.sum(x, over: axes, threads: threads)
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    dy.broadcast(to: saved.inputShapes[0], threads: threads)
  }
}
