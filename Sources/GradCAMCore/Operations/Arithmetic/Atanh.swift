import Glibc

/// The inverse hyperbolic tangent of x; its slope is 1/(1 − x²).
struct Atanh: ElementwiseUnary {
  let kind = "atanh"

  func value(_ x: Float) -> Float { atanhf(x) }

  func slope(_ x: Float) -> Float { 1 / (1 - x * x) }
}
