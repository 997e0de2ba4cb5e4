import Glibc

/// y = tanh x; its slope is 1 − y².
public struct Tanh: ElementwiseUnary {
  public let kind = "Tanh"
  public var keeps: Kept { .output }

  public init() {}

  public func value(_ x: Float) -> Float { tanhf(x) }

  public func slope(_ y: Float) -> Float { 1 - y * y }
}
