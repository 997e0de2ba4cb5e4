/// The smallest whole number that is not below x.
public struct Ceil: FlatUnary {
  public let kind = "ceil"

  public init() {}

  public func value(_ x: Float) -> Float { x.rounded(.up) }
}
