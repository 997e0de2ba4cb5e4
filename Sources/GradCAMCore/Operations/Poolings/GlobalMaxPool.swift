import ModelFormats

/// The largest element of each channel: PyTorch's `AdaptiveMaxPool2d(1)`. NaN wins; the gradient goes to the first of equals.
struct GlobalMaxPool: Operation {
  let kind = "AdaptiveMaxPool2d"
  var keeps: Kept { .inputs }
  var isPiecewiseAffine: Bool { true }
  var onlyMovesOrPools: Bool { true }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    let x = try expectFeatureMap(inputs)
    guard x.h >= 1, x.w >= 1 else { throw InputError("", "has nothing to compare in \(x)") }
    return Shape(x.n, x.c, 1, 1)
  }

  func layout(of inputs: [Layout?], _ shapes: [Shape], _ output: Shape) -> Layout? {
    inputs[0]?.slid(isPoint: [false, false], mixesChannels: false, output)
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    pool(inputs[0].shape).forward(inputs, context)
  }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    pool(saved.inputShapes[0]).backward(dy, saved, wanted: wanted, context)
  }

  /// The pooling whose one window is the whole map.
  private func pool(_ input: Shape) -> MaxPool2d { MaxPool2d(kernel: (input.h, input.w)) }
}
