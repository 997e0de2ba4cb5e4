/// y = |x|; the gradient at 0 is 0, as in PyTorch.
struct Abs: ElementwiseUnary {
  let kind = "abs"
  var isPiecewiseAffine: Bool { true }

  func value(_ x: Float) -> Float { abs(x) }

  func slope(_ x: Float) -> Float { Sign.value(x) }
}
