import Glibc

/// y = eˣ.
struct Exp: ElementwiseUnary {
  let kind = "exp"
  func range(of inputs: [ClosedRange<Float>]) -> ClosedRange<Float> {
    value(inputs[0].lowerBound)...value(inputs[0].upperBound)
  }
  var term: ElementaryTerm? { .exponential }
  var keeps: Kept { .output }

  func value(_ x: Float) -> Float { expf(x) }

  func slope(_ y: Float) -> Float { y }
}
