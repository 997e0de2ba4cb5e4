/// y = x/(1 + |x|); its slope is 1/(1 + |x|)².
public struct Softsign: ElementwiseUnary {
  public let kind = "Softsign"

  public init() {}

  public func value(_ x: Float) -> Float { x / (1 + abs(x)) }

  public func slope(_ x: Float) -> Float { 1 / ((1 + abs(x)) * (1 + abs(x))) }
}
