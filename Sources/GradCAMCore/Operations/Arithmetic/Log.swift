import Glibc

/// y = ln x.
public struct Log: ElementwiseUnary {
  public let kind = "log"

  public init() {}

  public func value(_ x: Float) -> Float { logf(x) }

  public func slope(_ x: Float) -> Float { 1 / x }
}
