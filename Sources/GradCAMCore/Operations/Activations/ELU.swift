import Glibc

/// y = x where x > 0, else alpha·(eˣ − 1).
public struct ELU: ElementwiseUnary {
  public let kind = "ELU"
  let alpha: Float

  public init(alpha: Float = 1) { self.alpha = alpha }

  public func value(_ x: Float) -> Float { x > 0 ? x : alpha * expm1f(x) }

  public func slope(_ x: Float) -> Float { x <= 0 ? alpha * expf(x) : 1 }
}
