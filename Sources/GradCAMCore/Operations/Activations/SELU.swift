import Glibc

/// y = scale·x where x > 0, else scale·alpha·(eˣ − 1).
struct SELU: ElementwiseUnary {
  let kind = "SELU"
  var hasKinks: Bool { true }
  // The defaults keep a layer's mean at 0 and its variance at 1.
  var alpha: Float = 1.673_263_2
  var scale: Float = 1.050_701

  func value(_ x: Float) -> Float { x > 0 ? scale * x : scale * alpha * expm1f(x) }

  func slope(_ x: Float) -> Float { x <= 0 ? scale * alpha * expf(x) : scale }
}
