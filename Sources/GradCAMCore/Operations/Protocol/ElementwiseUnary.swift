public import ModelFormats

/// y = f(x), element by element: an operation of this kind states f and its slope.
///
/// The slope is a function of the input, or, where the operation keeps its output instead (`keeps`), of the output.
public protocol ElementwiseUnary: Operation {
  func value(_ x: Float) -> Float

  /// dy/dx at what is kept. A slope of 0 stops every gradient, an infinite one too.
  func slope(_ kept: Float) -> Float
}

extension ElementwiseUnary {
  public var keeps: Kept { .inputs }

  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { x, _ in value(x) }
  }

  public func backward(
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
  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
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
public protocol FlatUnary: Operation {
  func value(_ x: Float) -> Float
}

extension FlatUnary {
  public func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInputs(inputs, 1)
    return inputs[0]
  }

  public func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { x, _ in value(x) }
  }

  public func backward(
    _ outputGradient: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext
  ) -> [Tensor?] { saved.zeroGradients(wanted: wanted) }
}

extension Saved {
  /// Zeros for every input whose gradient is wanted.
  func zeroGradients(wanted: [Bool]) -> [Tensor?] {
    zip(inputShapes, wanted).map { shape, wanted in wanted ? Tensor(repeating: 0, shape) : nil }
  }
}
