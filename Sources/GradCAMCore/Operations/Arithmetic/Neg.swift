/// y = −x.
public struct Neg: ElementwiseUnary {
  public let kind = "neg"

  public init() {}

  public func value(_ x: Float) -> Float { -x }

  public func slope(_ x: Float) -> Float { -1 }
}
