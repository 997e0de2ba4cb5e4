import ModelFormats

/// PyTorch's `MaxPool2d`. The gradient goes to the first largest element of a window, in row order; NaN wins.
struct MaxPool2d: Operation, WritingOperation {
  let kind = "MaxPool2d"
  let window: PoolingWindow
  var keeps: Kept { .inputs }
  var isPiecewiseAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  init(
    kernel: (h: Int, w: Int), stride: (h: Int, w: Int)? = nil, padding: Padding = Padding(0),
    dilation: (h: Int, w: Int) = (1, 1), ceilMode: Bool = false, autoPad: AutoPad = .notSet
  ) {
    window = PoolingWindow(
      kernel: kernel, stride: stride ?? kernel, padding: padding, dilation: dilation, ceilMode: ceilMode,
      autoPad: autoPad)
  }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try window.outputShape(of: expectFeatureMap(inputs))
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: window.isPoint, mixesChannels: false, output)
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let shape = checkedShape(of: [inputs[0].shape])
    guard WindowRows.canList(outputs: (shape.h, shape.w), window: window.kernel) else {
      return walk(inputs[0], shape, to: output, context)
    }
    let x = inputs[0].shape
    let (rows, columns) = window.taps(x, outputs: (shape.h, shape.w))
    WindowRows(rows: rows, columns: columns, size: (x.h, x.w), channels: x.c).maxima(inputs[0], to: output, context)
  }

  /// The same without a list of what each window meets.
  private func walk(
    _ x: Tensor, _ shape: Shape, to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext
  ) {
    let window = window.resolved(for: x.shape)
    parallelFor(shape.n * shape.h * shape.w, blockSize: max(shape.w, 1), threads: context.threads) { places, _ in
      for place in places {
        let target = output + place * shape.c
        target.update(repeating: -.infinity, count: shape.c)
        window.forEachTap(x.shape, shape, at: place) { position in
          let source = x.elements + position * shape.c
          for c in 0..<shape.c where source[c] > target[c] || source[c].isNaN { target[c] = source[c] }
        }
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let x = saved.inputs[0]
    let (shape, channels, positions) = (dy.shape, dy.shape.c, dy.shape.h * dy.shape.w)
    let window = window.resolved(for: x.shape)
    let gradient = Tensor(x.shape) { target in
      target.update(repeating: 0, count: x.count)
      // Windows of one image overlap: one worker takes an image.
      parallelFor(shape.n, threads: context.threads) { image, _ in
        var best = [Float](repeating: 0, count: channels)
        var winners = [Int](repeating: 0, count: channels)
        for place in image * positions..<(image + 1) * positions {
          for c in 0..<channels { (best[c], winners[c]) = (-.infinity, -1) }
          window.forEachTap(x.shape, shape, at: place) { position in
            let source = x.elements + position * channels
            for c in 0..<channels where source[c] > best[c] || source[c].isNaN || winners[c] < 0 {
              (best[c], winners[c]) = (source[c], position)
            }
          }
          let source = dy.elements + place * channels
          for c in 0..<channels where winners[c] >= 0 { target[winners[c] * channels + c] += source[c] }
        }
      }
    }
    return [gradient]
  }
}
