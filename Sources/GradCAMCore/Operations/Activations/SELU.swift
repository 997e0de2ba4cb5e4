import Glibc

/// y = scale·x where x > 0, else scale·alpha·(eˣ − 1).
struct SELU: ElementwiseUnary {
  let kind = "SELU"
  let alpha: Float
  let scale: Float

  /// The defaults keep a layer's mean at 0 and its variance at 1.
  init(alpha: Float = 1.673_263_2, scale: Float = 1.050_701) { (self.alpha, self.scale) = (alpha, scale) }

  func value(_ x: Float) -> Float { x > 0 ? scale * x : scale * alpha * expm1f(x) }

  func slope(_ x: Float) -> Float { x <= 0 ? scale * alpha * expf(x) : scale }
}
