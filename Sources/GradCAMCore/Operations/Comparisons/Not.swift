/// 1 where x is 0, else 0.
public struct Not: FlatUnary {
  public let kind = "logical_not"

  public init() {}

  public func value(_ x: Float) -> Float { x == 0 ? 1 : 0 }
}
