/// y = √x; its slope is 1/(2y).
public struct Sqrt: ElementwiseUnary {
  public let kind = "sqrt"
  public var keeps: Kept { .output }

  public init() {}

  public func value(_ x: Float) -> Float { x.squareRoot() }

  public func slope(_ y: Float) -> Float { 0.5 / y }
}
