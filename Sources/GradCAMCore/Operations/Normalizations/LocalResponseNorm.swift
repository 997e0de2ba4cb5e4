import Glibc
import ModelFormats

/// ONNX's LRN: y = x·s^−beta with s = bias + alpha/size·Σ x² over the `size` channels around each, of which ⌊(size − 1)/2⌋ stand
/// before it. For odd sizes that is PyTorch's `LocalResponseNorm`; for even ones PyTorch has the odd one before.
///
/// dx = dy·s^−beta − 2·alpha·beta/size·x·Σ dy·y/s over the channels that have this one around them.
struct LocalResponseNorm: AxisKeepingOperation {
  let kind = "LocalResponseNorm"
  let size: Int
  let alpha: Float
  let beta: Float
  let bias: Float
  var keeps: Kept { .inputs }
  func mixedAxes(of input: Shape) -> [Int] { [1] }

  /// - Precondition: the size is not below one.
  init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
    precondition(size >= 1, "a size below one")
    (self.size, self.alpha, self.beta, self.bias) = (size, alpha, beta, bias)
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectChannels(inputs)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    return x.map(sums(x, context), threads: context.threads) { x, s in x * power(s) }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (x, shape, threads) = (saved.inputs[0], dy.shape, context.threads)
    let s = sums(x, context)
    let direct = dy.map(s, threads: threads) { dy, s in dy * power(s) }
    let crossing = Broadcast.map(direct, x, s, to: shape, threads: threads) { direct, x, s in direct * x / s }
    let around = overNeighbours(crossing, before: size / 2, context)
    let factor = 2 * alpha * beta / Float(size)
    return [
      Broadcast.map(direct, x, around, to: shape, threads: threads) { direct, x, sum in direct - factor * x * sum }
    ]
  }

  /// s^−beta; for the usual beta by roots, which are vector code.
  private func power(_ s: Float) -> Float {
    if beta != 0.75 { return powf(s, -beta) }
    let root = s.squareRoot()
    return 1 / (root * root.squareRoot())
  }

  private func sums(_ x: Tensor, _ context: ExecutionContext) -> Tensor {
    let squares = x.map(threads: context.threads) { x, _ in x * x }
    let scale = alpha / Float(size)
    return overNeighbours(squares, before: (size - 1) / 2, context)
      .map(threads: context.threads) { [bias] sum, _ in bias + scale * sum }
  }

  /// Each channel's sum over `size` channels, of which `before` stand before it.
  private func overNeighbours(_ x: Tensor, before: Int, _ context: ExecutionContext) -> Tensor {
    let channels = StoredAxis(x.shape, 1)
    let length = channels.size * channels.step
    return Tensor(x.shape) { target in
      parallelFor(x.count / max(length, 1), blockSize: 256, threads: context.threads) { blocks, _ in
        for block in blocks {
          let (y, x) = (target + block * length, x.elements + block * length)
          y.update(repeating: 0, count: length)
          // The channels that have a neighbour at this distance lie one after the other, and so do their neighbours.
          for distance in max(-before, 1 - channels.size)..<min(size - before, channels.size) {
            let shift = distance * channels.step
            for i in max(0, -shift)..<min(length, length - shift) { y[i] += x[i + shift] }
          }
        }
      }
    }
  }
}
