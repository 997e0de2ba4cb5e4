/// The nearest whole number, of two the even one.
public struct Round: FlatUnary {
  public let kind = "round"

  public init() {}

  public func value(_ x: Float) -> Float { x.rounded(.toNearestOrEven) }
}
