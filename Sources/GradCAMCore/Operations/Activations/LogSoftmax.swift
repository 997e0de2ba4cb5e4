import Glibc

/// y = x − ln Σ eˣ along one logical axis; dx = dy − eʸ·Σ dy.
struct LogSoftmax: LaneOperation {
  let kind = "LogSoftmax"
  var axis = 1
  var keeps: Kept { .output }
  var term: ElementaryTerm? { .logOfSoftmax(axis: axis) }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let (largest, logSum) = Reduction.logSumExp(x, over: [x.shape.axis(axis)], threads: context.threads)
    return Broadcast.map(x, largest, logSum, to: x.shape, threads: context.threads) { x, largest, logSum in
      (x - largest) - logSum
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let shape = dy.shape
    let sum = Reduction.sum(dy, over: [shape.axis(axis)], threads: context.threads)
    return [
      Broadcast.map(dy, saved.keptOutput, sum, to: shape, threads: context.threads) { gradient, y, sum in
        gradient - expf(y) * sum
      }
    ]
  }
}
