/// y = Π x over some axes; dx = dy·(the product of the others).
struct ReduceProd: AxisReduction {
  let kind = "prod"
  var reduced = ReducedAxes()
  var keeps: Kept { .inputs }

  func reduce(_ x: Tensor, over axes: [Int], threads: Workers) -> Tensor {
    Reduction.product(x, over: axes, threads: threads)
  }

  func spread(_ dy: Tensor, y: Tensor, _ saved: Saved, over axes: [Int], threads: Workers) -> Tensor {
    // Dividing the product by x will not do where x is 0: such an element gets the others' product, unless they hold a 0, too.
    let x = saved.inputs[0]
    let zeros = Reduction.reduce(x, over: axes, threads: threads, term: { $0 == 0 ? 1 : 0 })
    let others = Reduction.product(x.map(threads: threads) { x, _ in x == 0 ? 1 : x }, over: axes, threads: threads)
    let single = dy.map(others, threads: threads) { $0 * $1 }
    return Broadcast.map(x, zeros, single, to: x.shape, threads: threads) { x, zeros, gradient in
      if x == 0 { return zeros == 1 ? gradient : 0 }
      return zeros == 0 ? gradient / x : 0
    }
  }
}
