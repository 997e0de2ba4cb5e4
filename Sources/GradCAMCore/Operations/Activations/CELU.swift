import Glibc

/// y = max(x, 0) + min(0, alpha·(e^(x/alpha) − 1)), an ELU whose slope has no jump.
public struct CELU: ElementwiseUnary {
  public let kind = "CELU"
  let alpha: Float

  public init(alpha: Float = 1) { self.alpha = alpha }

  public func value(_ x: Float) -> Float { x > 0 ? x : alpha * expm1f(x / alpha) }

  public func slope(_ x: Float) -> Float { x <= 0 ? expf(x / alpha) : 1 }
}
