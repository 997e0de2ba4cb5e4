import Glibc

/// y = x where x > 0, else alpha·(eˣ − 1).
struct ELU: ElementwiseUnary {
  let kind = "ELU"
  var alpha: Float = 1
  var hasKinks: Bool { alpha != 1 }

  func value(_ x: Float) -> Float { x > 0 ? x : alpha * expm1f(x) }

  func slope(_ x: Float) -> Float { x <= 0 ? alpha * expf(x) : 1 }
}
