import Glibc

/// The arc sine of x, in radians; its slope is 1/√(1 − x²).
struct Asin: ElementwiseUnary {
  let kind = "asin"

  func value(_ x: Float) -> Float { asinf(x) }

  func slope(_ x: Float) -> Float { 1 / (1 - x * x).squareRoot() }
}
