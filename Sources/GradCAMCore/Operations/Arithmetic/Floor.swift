/// The largest whole number that is not above x.
public struct Floor: FlatUnary {
  public let kind = "floor"

  public init() {}

  public func value(_ x: Float) -> Float { x.rounded(.down) }
}
