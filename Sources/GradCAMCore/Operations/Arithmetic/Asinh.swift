import Glibc

/// The inverse hyperbolic sine of x; its slope is 1/√(x² + 1).
struct Asinh: ElementwiseUnary {
  let kind = "asinh"

  func value(_ x: Float) -> Float { asinhf(x) }

  func slope(_ x: Float) -> Float { 1 / (x * x + 1).squareRoot() }
}
