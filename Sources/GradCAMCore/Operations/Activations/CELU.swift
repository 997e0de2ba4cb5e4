import Glibc

/// y = max(x, 0) + min(0, alpha·(e^(x/alpha) − 1)), an ELU whose slope has no jump.
struct CELU: ElementwiseUnary {
  let kind = "CELU"
  var alpha: Float = 1

  func value(_ x: Float) -> Float { x > 0 ? x : alpha * expm1f(x / alpha) }

  func slope(_ x: Float) -> Float { x <= 0 ? expf(x / alpha) : 1 }
}
