import Glibc

/// The inverse hyperbolic cosine of x; its slope is 1/√(x² − 1).
struct Acosh: ElementwiseUnary {
  let kind = "acosh"

  func value(_ x: Float) -> Float { acoshf(x) }

  func slope(_ x: Float) -> Float { 1 / (x * x - 1).squareRoot() }
}
