import Glibc

/// The arc cosine of x, in radians; its slope is −1/√(1 − x²).
struct Acos: ElementwiseUnary {
  let kind = "acos"

  func value(_ x: Float) -> Float { acosf(x) }

  func slope(_ x: Float) -> Float { -1 / (1 - x * x).squareRoot() }
}
