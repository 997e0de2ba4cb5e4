/// y = Σ x / n over some axes: pooling over positions as the newer exporters write it.
struct ReduceMean: AxisReduction {
  let kind = "mean"
  var reduced = ReducedAxes()
  var isAffine: Bool { true }
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> { inputs[0] }
  func averagesPositions(of input: Shape) -> Bool { Set(reduced.resolved(in: input)) == [2, 3] }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.mean(x, over: axes, threads: threads)
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    let count = Float(Reduction.reducedCount(saved.inputShapes[0], axes))
    return dy.map(threads: threads) { dy, _ in dy / count }.broadcast(to: saved.inputShapes[0], threads: threads)
  }
}
