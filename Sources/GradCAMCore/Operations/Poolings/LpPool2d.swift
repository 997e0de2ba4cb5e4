import Glibc
import ModelFormats

/// ONNX's LpPool: y = (Σ |x|ᵖ)^(1/p) over each window; dx = dy · sign(x) · (|x|/y)^(p−1).
struct LpPool2d: Operation {
  let kind = "LPPool2d"
  let window: PoolingWindow
  let p: Float
  var keeps: Kept { [.inputs, .output] }
  var onlyMovesOrPools: Bool { true }

  /// - Parameter p: at least 1.
  init(
    p: Float = 2, kernel: (h: Int, w: Int), stride: (h: Int, w: Int)? = nil, padding: Padding = Padding(0),
    dilation: (h: Int, w: Int) = (1, 1), ceilMode: Bool = false, autoPad: AutoPad = .notSet
  ) {
    self.p = p
    window = PoolingWindow(
      kernel: kernel, stride: stride ?? (1, 1), padding: padding, dilation: dilation, ceilMode: ceilMode,
      autoPad: autoPad)
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    guard p >= 1, p.isFinite else { throw InputError("", "has a norm of order \(p)") }
    return try window.outputShape(of: expectFeatureMap(inputs))
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: window.isPoint, mixesChannels: false, output)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    let x = inputs[0]
    let shape = checkedShape(of: [x.shape])
    let (channels, window) = (shape.c, window.resolved(for: x.shape))
    return Tensor(shape) { output in
      parallelFor(shape.n * shape.h * shape.w, blockSize: max(shape.w, 1), threads: context.threads) { places, _ in
        for place in places {
          let target = output + place * channels
          target.update(repeating: 0, count: channels)
          window.forEachTap(x.shape, shape, at: place) { position in
            let source = x.elements + position * channels
            for c in 0..<channels { target[c] += power(abs(source[c]), p) }
          }
          for c in 0..<channels { target[c] = p == 2 ? target[c].squareRoot() : power(target[c], 1 / p) }
        }
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (x, output) = (saved.inputs[0], saved.keptOutput)
    let (shape, channels, positions) = (output.shape, output.shape.c, output.shape.h * output.shape.w)
    let window = window.resolved(for: x.shape)
    let gradient = Tensor(x.shape) { target in
      target.update(repeating: 0, count: x.count)
      // Windows of one image overlap: one worker takes an image.
      parallelFor(shape.n, threads: context.threads) { image, _ in
        for place in image * positions..<(image + 1) * positions {
          let (y, gradient) = (output.elements + place * channels, dy.elements + place * channels)
          window.forEachTap(x.shape, shape, at: place) { position in
            let source = x.elements + position * channels
            for c in 0..<channels where source[c] != 0 && y[c] != 0 {
              let share = power(abs(source[c]) / y[c], p - 1)
              target[position * channels + c] += source[c] < 0 ? -gradient[c] * share : gradient[c] * share
            }
          }
        }
      }
    }
    return [gradient]
  }

  private func power(_ x: Float, _ exponent: Float) -> Float {
    switch exponent {
    case 1: x
    case 2: x * x
    default: powf(x, exponent)
    }
  }
}
