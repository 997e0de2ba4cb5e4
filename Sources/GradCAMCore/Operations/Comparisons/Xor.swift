/// 1 where just one of a and b is 0, else 0, broadcasting. No gradient passes.
public struct Xor: Comparison {
  public let kind = "logical_xor"

  public init() {}

  public static func holds(_ a: Float, _ b: Float) -> Bool { (a != 0) != (b != 0) }
}
