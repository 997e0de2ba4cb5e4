/// y = 1/x; its slope is −y².
public struct Reciprocal: ElementwiseUnary {
  public let kind = "reciprocal"
  public var keeps: Kept { .output }

  public init() {}

  public func value(_ x: Float) -> Float { 1 / x }

  public func slope(_ y: Float) -> Float { -y * y }
}
