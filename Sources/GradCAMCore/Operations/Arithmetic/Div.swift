/// y = a/b, broadcasting.
public struct Div: ElementwiseBinary {
  public let kind = "div"

  public init() {}

  public static func value(_ a: Float, _ b: Float) -> Float { a / b }

  public static func firstSlope(_ a: Float, _ b: Float) -> Float { 1 / b }

  public static func secondSlope(_ a: Float, _ b: Float) -> Float { -a / (b * b) }
}
