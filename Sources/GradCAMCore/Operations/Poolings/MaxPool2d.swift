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
    parallelFor(shape.n * shape.h, threads: context.threads) { row, _ in
      for ox in 0..<shape.w {
        let target = output + (row * shape.w + ox) * shape.c
        target.update(repeating: -.infinity, count: shape.c)
        window.forEachTap(x.shape, row: row, height: shape.h, column: ox) { position in
          let source = x.elements + position * shape.c
          for c in 0..<shape.c where source[c] > target[c] || source[c].isNaN { target[c] = source[c] }
        }
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let x = saved.inputs[0]
    let shape = dy.shape
    let channels = shape.c
    let window = window.resolved(for: x.shape)
    let gradient = Tensor(x.shape) { target in
      target.update(repeating: 0, count: x.count)
      // Windows of one image overlap: one worker takes an image.
      parallelFor(shape.n, threads: context.threads) { image, _ in
        var best = [Float](repeating: 0, count: channels)
        var place = [Int](repeating: 0, count: channels)
        for row in image * shape.h..<(image + 1) * shape.h {
          for ox in 0..<shape.w {
            for c in 0..<channels { (best[c], place[c]) = (-.infinity, -1) }
            window.forEachTap(x.shape, row: row, height: shape.h, column: ox) { position in
              let source = x.elements + position * channels
              for c in 0..<channels where source[c] > best[c] || source[c].isNaN || place[c] < 0 {
                (best[c], place[c]) = (source[c], position)
              }
            }
            let source = dy.elements + (row * shape.w + ox) * channels
            for c in 0..<channels where place[c] >= 0 { target[place[c] * channels + c] += source[c] }
          }
        }
      }
    }
    return [gradient]
  }
}
