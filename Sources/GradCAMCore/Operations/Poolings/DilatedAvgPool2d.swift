import ModelFormats

/// ONNX's AveragePool with dilations, which PyTorch's pooling has none of: y = Σ x/n over the elements of each window.
struct DilatedAvgPool2d: Operation {
  let kind = "AvgPool2d"
  let window: PoolingWindow
  /// Whether elements of a window that lie in the padding count, as zeros.
  let countIncludePad: Bool
  var isAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try window.outputShape(of: expectFeatureMap(inputs))
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
          let (target, share) = (output + place * channels, share(window, place, x.shape, shape))
          target.update(repeating: 0, count: channels)
          window.forEachTap(x.shape, shape, at: place) { position in
            let source = x.elements + position * channels
            for c in 0..<channels { target[c] += source[c] * share }
          }
        }
      }
    }
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let (input, shape) = (saved.inputShapes[0], dy.shape)
    let (channels, positions) = (shape.c, shape.h * shape.w)
    let window = window.resolved(for: input)
    let gradient = Tensor(input) { target in
      target.update(repeating: 0, count: input.count)
      // Windows of one image overlap: one worker takes an image.
      parallelFor(shape.n, threads: context.threads) { image, _ in
        for place in image * positions..<(image + 1) * positions {
          let (source, share) = (dy.elements + place * channels, share(window, place, input, shape))
          window.forEachTap(input, shape, at: place) { position in
            for c in 0..<channels { target[position * channels + c] += source[c] * share }
          }
        }
      }
    }
    return [gradient]
  }

  /// What each element adds to the window at a place of the output.
  private func share(_ window: PoolingWindow, _ place: Int, _ input: Shape, _ output: Shape) -> Float {
    let (y, x) = (place / output.w % output.h, place % output.w)
    let (rows, columns) = (window.rows(y, input.h), window.columns(x, input.w))
    guard countIncludePad else { return 1 / Float(max(rows.taps.count * columns.taps.count, 1)) }
    // What reaches beyond the padding, as windows may in ceil mode, does not count.
    let height = Self.count(from: rows.first, to: input.h + window.padding.bottom, window.kernel.h, window.dilation.h)
    let width = Self.count(from: columns.first, to: input.w + window.padding.right, window.kernel.w, window.dilation.w)
    return 1 / Float(max(height * width, 1))
  }

  private static func count(from first: Int, to end: Int, _ kernel: Int, _ dilation: Int) -> Int {
    min(kernel, (end - first + dilation - 1) / dilation)
  }
}
