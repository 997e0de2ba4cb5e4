import Glibc

/// y = eˣ.
public struct Exp: ElementwiseUnary {
  public let kind = "exp"
  public var keeps: Kept { .output }

  public init() {}

  public func value(_ x: Float) -> Float { expf(x) }

  public func slope(_ y: Float) -> Float { y }
}
