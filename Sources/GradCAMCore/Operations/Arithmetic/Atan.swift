import Glibc

/// The arc tangent of x, in radians; its slope is 1/(1 + x²).
struct Atan: ElementwiseUnary {
  let kind = "atan"

  func value(_ x: Float) -> Float { atanf(x) }

  func slope(_ x: Float) -> Float { 1 / (1 + x * x) }
}
