/// y = |x|; the gradient at 0 is 0, as in PyTorch.
public struct Abs: ElementwiseUnary {
  public let kind = "abs"

  public init() {}

  public func value(_ x: Float) -> Float { abs(x) }

  public func slope(_ x: Float) -> Float { Sign.value(x) }
}
