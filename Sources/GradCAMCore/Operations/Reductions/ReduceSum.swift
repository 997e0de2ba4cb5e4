/// y = Σ x over some axes.
public struct ReduceSum: AxisReduction {
  public let kind = "sum"
  public let reduced: ReducedAxes

  public init(_ reduced: ReducedAxes = ReducedAxes()) { self.reduced = reduced }

  public func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.sum(x, over: axes, threads: threads)
  }

  public func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    dy.broadcast(to: saved.inputShapes[0], threads: threads)
  }
}
