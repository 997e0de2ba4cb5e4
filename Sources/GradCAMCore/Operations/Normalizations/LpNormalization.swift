/// PyTorch's `normalize`: y = x/max(‖x‖, eps) along one logical axis, the norm being Σ |x| or √Σ x².
///
/// dx = (dy − n·Σ dy·y)/‖x‖ with n = sign x or y; where the norm is below eps it counts as a constant.
struct LpNormalization: LaneOperation {
  enum Norm: Sendable { case l1, l2 }

  let kind = "normalize"
  var norm = Norm.l2
  var axis = -1
  var eps: Float = 1e-12
  var keeps: Kept { .inputs }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    return Broadcast.map(x, length(x, context), to: x.shape, threads: context.threads) { [eps] in $0 / max($1, eps) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (x, threads, isL1) = (saved.inputs[0], context.threads, norm == .l1)
    let length = length(x, context)
    let y = forward([x], context)
    let products = dy.map(y, threads: threads) { $0 * $1 }
    let sums = Reduction.sum(products, over: [x.shape.axis(axis)], threads: threads)
    let dot = sums.map(length, threads: threads) { [eps] dot, length in length < eps ? 0 : dot }
    let through = Broadcast.map(y, dot, to: x.shape, threads: threads) { y, dot in (isL1 ? Sign.value(y) : y) * dot }
    let rest = dy.map(through, threads: threads) { $0 - $1 }
    return [Broadcast.map(rest, length, to: x.shape, threads: threads) { [eps] in $0 / max($1, eps) }]
  }

  private func length(_ x: Tensor, _ context: ExecutionContext) -> Tensor {
    let axes = ReducedAxes([axis]).resolved(in: x.shape)
    return switch norm {
    case .l1: ReduceL1().reduce(x, over: axes, threads: context.threads)
    case .l2: ReduceL2().reduce(x, over: axes, threads: context.threads)
    }
  }
}
