import Glibc

/// y = ln Σ eˣ over some axes; dx = dy·eˣ⁻ʸ.
struct ReduceLogSumExp: AxisReduction {
  let kind = "logsumexp"
  var reduced = ReducedAxes()
  var term: ElementaryTerm? { .logOfTotal(reduced) }
  var keeps: Kept { [.inputs, .output] }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    let (largest, logSum) = Reduction.logSumExp(x, over: axes, threads: threads)
    return largest.map(logSum, threads: threads) { $0 + $1 }
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    let x = saved.inputs[0]
    return Broadcast.map(x, y, dy, to: x.shape, threads: threads) { x, y, dy in
      // An infinite x has all the weight of an equal y.
      through(x == y ? 1 : expf(x - y), dy)
    }
  }
}
