import ModelFormats

/// y = f(x), element by element.
protocol PointwiseFunction: AxisKeepingOperation {
  func value(_ x: Float) -> Float
}

extension PointwiseFunction {
  func outputShape(of inputs: [Shape]) throws(InputError) -> Shape {
    try expectInput(inputs)
  }

  func turned(_ inputs: [Shape]) -> (any Operation)? { self }

  func forward(_ inputs: [Tensor], _ context: ExecutionContext) -> Tensor {
    inputs[0].map(threads: context.threads) { x, _ in value(x) }
  }
}

/// A function and its slope.
///
/// The slope is a function of the input, or, where the operation keeps its output instead (`keeps`), of the output.
protocol ElementwiseUnary: PointwiseFunction {
  /// dy/dx at what is kept.
  func slope(_ kept: Float) -> Float
}

extension ElementwiseUnary {
  var keeps: Kept { .inputs }

  func backward(_ dy: Tensor, _ saved: Saved, wanted: [Bool], _ context: ExecutionContext) -> [Tensor?] {
    let kept = keeps.contains(.output) ? saved.keptOutput : saved.inputs[0]
    return [
      dy.map(kept, threads: context.threads) { gradient, kept in
        through(slope(kept), gradient)
      }
    ]
  }
}

/// A function that lets no gradient through.
protocol FlatUnary: PointwiseFunction, FlatOperation {}
