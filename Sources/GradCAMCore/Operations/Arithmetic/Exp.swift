import Glibc

/// y = eˣ.
struct Exp: ElementwiseUnary {
  let kind = "exp"
  var term: ElementaryTerm? { .exponential }
  var keeps: Kept { .output }

  func value(_ x: Float) -> Float { expf(x) }

  func slope(_ y: Float) -> Float { y }
}
