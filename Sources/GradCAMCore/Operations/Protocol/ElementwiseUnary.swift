import ModelFormats

/// y = f(x), element by element: an operation of this kind states f and its slope.
///
/// The slope is a function of the input, or, where the operation keeps its output instead (`keeps`), of the output.
protocol ElementwiseUnary: Operation {
  func value(_ x: Float) -> Float

  /// dy/dx at what is kept. A slope of 0 stops every gradient, an infinite one too.
  func slope(_ kept: Float) -> Float
}

extension ElementwiseUnary {
  var keeps: Kept { .inputs }

  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { x, _ in value(x) }
  }

  func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] {
    let kept = keeps.contains(.output) ? saved.keptOutput : saved.inputs[0]
    return [
      outputGradient.map(kept, threads: context.threads) { gradient, kept in
        let slope = slope(kept)
        return slope == 0 ? 0 : gradient * slope
      }
    ]
  }
}

/// A function that kernels can apply to what they store, too.
protocol VectorActivation: ElementwiseUnary, WritingOperation {
  var activation: Activation { get }
}

extension VectorActivation {
  var fusionPart: FusionPart? { .activation(activation) }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    Tensor(inputs[0].shape) { forward(inputs, to: $0, context) }
  }

  func forward(_ inputs: [Tensor], to output: UnsafeMutablePointer<Float>, _ context: ExecutionContext) {
    let x = inputs[0]
    parallelFor(x.count, blockSize: 1 << 14, threads: context.threads) { range, _ in
      let start = range.lowerBound
      activation.apply(x.elements + start, to: output + start, count: range.count, context.kernels)
    }
  }
}

/// y = f(x) for functions that are flat wherever they have a slope (rounding, signs, truth values): no gradient passes them.
protocol FlatUnary: Operation {
  func value(_ x: Float) -> Float
}

extension FlatUnary {
  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { x, _ in value(x) }
  }

  func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { saved.zeroGradients(wanted: wanted) }
}
