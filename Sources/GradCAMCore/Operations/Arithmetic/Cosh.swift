import Glibc

/// The hyperbolic cosine of x.
struct Cosh: ElementwiseUnary {
  let kind = "cosh"

  func value(_ x: Float) -> Float { coshf(x) }

  func slope(_ x: Float) -> Float { sinhf(x) }
}
