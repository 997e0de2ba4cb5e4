import Glibc

/// The hyperbolic sine of x.
struct Sinh: ElementwiseUnary {
  let kind = "sinh"

  func value(_ x: Float) -> Float { sinhf(x) }

  func slope(_ x: Float) -> Float { coshf(x) }
}
